"""`/users/{id}/notification-choices` and `/quiet-hours`: what reaches one person, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from callassist.accounts.people import viewer_for_person
from callassist.accounts.preferences import save_quiet_hours
from callassist.accounts.team import person_at, require_runs_all
from callassist.domain.message_kind import MessageKind
from callassist.models import Account, Desk, NotificationChannel, Person
from callassist.notifications.own_channels import (
    ALWAYS,
    choose_some,
    is_told,
    kinds_for,
    own_channels,
)
from callassist.web.api.fields import Input, Output, PublicId
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named, supervised_desks

ChannelKind = Literal["email", "apprise", "push", "sms", "voice"]
TimeOfDay = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"),
    Field(examples=["23:00"]),
]


class Place(Input):
    """In which account or at which desk; may be left out by who has exactly one."""

    account: PublicId | None = None
    desk: PublicId | None = None


class Choices(Input):
    """By which channels each of these kinds is told; kinds that are left out stay as they are."""

    told: dict[MessageKind, list[ChannelKind]]


class Choice(Output):
    """One kind of message; `always` ones cannot be switched off."""

    kind: str
    told: list[str]
    always: bool


class ChoicesOut(Output):
    """The whole matrix of one person at one place."""

    channel_kinds: list[str]
    kinds: list[Choice]


class QuietHours(Input):
    """Local times between which nothing buzzes but what needs this person; null for none."""

    quiet_from: TimeOfDay | None
    quiet_until: TimeOfDay | None


class QuietHoursOut(Output):
    """The person's quiet hours, the same at all their places."""

    quiet_from: str | None
    quiet_until: str | None


def choices(ask: Ask, person_id: str, query: Place) -> ChoicesOut:
    """Their own channels; those of the account itself are under `/notification-channels`."""
    return _matrix(_found(ask, person_id, query))


def choose(ask: Ask, person_id: str, query: Place, body: Choices) -> ChoicesOut:
    theirs = _found(ask, person_id, query, to_change=True)
    choose_some(ask.session, theirs.channels, theirs.kinds, body.told)
    return _matrix(theirs)


def quiet_hours(ask: Ask, person_id: str, query: Place) -> QuietHoursOut:
    return _quiet(_found(ask, person_id, query).person)


def change_quiet_hours(ask: Ask, person_id: str, query: Place, body: QuietHours) -> QuietHoursOut:
    """Refused for people who also work at places that you do not run."""
    person = _found(ask, person_id, query, to_change=True).person
    require_runs_all(ask.session, ask.viewer, person)
    save_quiet_hours(ask.session, person.id, body.quiet_from, body.quiet_until)
    return _quiet(person)


@dataclass(frozen=True, kw_only=True)
class _Theirs:
    """A person, what they can be told at one place, and where."""

    person: Person
    kinds: tuple[MessageKind, ...]
    channels: list[NotificationChannel]


def _found(ask: Ask, person_id: str, place: Place, *, to_change: bool = False) -> _Theirs:
    account, desk = _place(ask, place)
    person = person_at(ask.session, person_id, account=account, desk=desk)
    if to_change and desk is not None:
        ask.viewer.require_run_desk(desk.id, desk.account_id)
    elif to_change and account is not None:
        ask.viewer.require_write(account.id)
    as_they_are = viewer_for_person(ask.session, person)
    own = own_channels(ask.session, as_they_are, account=account, desk=desk)
    return _Theirs(
        person=person,
        kinds=kinds_for(as_they_are, desk),
        channels=[one.channel for one in own if one.channel.disabled_at is None],
    )


def _place(ask: Ask, place: Place) -> tuple[Account | None, Desk | None]:
    if place.desk is not None:
        return None, desk_named(ask, place.desk)
    mine = supervised_desks(ask)
    if place.account is None and len(mine) == 1 and not ask.viewer.account_ids:
        return None, ask.session.get_one(Desk, mine[0])
    return account_named(ask, place.account), None


def _matrix(theirs: _Theirs) -> ChoicesOut:
    ways = sorted({one.kind for one in theirs.channels})
    return ChoicesOut(
        channel_kinds=ways,
        kinds=[
            Choice(
                kind=str(kind),
                told=[way for way in ways if is_told(theirs.channels, kind, way)],
                always=kind in ALWAYS,
            )
            for kind in theirs.kinds
        ],
    )


def _quiet(person: Person) -> QuietHoursOut:
    return QuietHoursOut(quiet_from=person.quiet_from, quiet_until=person.quiet_until)


ROUTES = (
    Route(
        method="GET",
        path="/users/{person_id}/notification-choices",
        summary="What a person is told, by which of their channels",
        scopes=CHIEFS,
        run=choices,
        query=Place,
        answer=ChoicesOut,
    ),
    Route(
        method="PATCH",
        path="/users/{person_id}/notification-choices",
        summary="Choose what a person is told",
        scopes=CHIEFS,
        run=choose,
        query=Place,
        body=Choices,
        answer=ChoicesOut,
    ),
    Route(
        method="GET",
        path="/users/{person_id}/quiet-hours",
        summary="When nothing buzzes for a person",
        scopes=CHIEFS,
        run=quiet_hours,
        query=Place,
        answer=QuietHoursOut,
    ),
    Route(
        method="PATCH",
        path="/users/{person_id}/quiet-hours",
        summary="Change a person's quiet hours",
        scopes=CHIEFS,
        run=change_quiet_hours,
        query=Place,
        body=QuietHours,
        answer=QuietHoursOut,
    ),
)
