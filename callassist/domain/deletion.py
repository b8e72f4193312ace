"""When an account may be deleted, and somebody leave for good. Decisions only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Refusal(StrEnum):
    """Why an account is not put down for deletion; the words stand in accounts.account_deletion."""

    NOT_AN_OWNER = "not_an_owner"
    OTHER_NAME = "other_name"  # what was typed is not the account's name
    INCIDENT_OPEN = "incident_open"  # somebody may be on the phone about it
    ASKED_ALREADY = "asked_already"
    SERVES_OTHERS = "serves_others"  # the account's own desk takes other accounts' calls


class Move(StrEnum):
    """What housekeeping does about a request now."""

    WAIT = "wait"  # not due yet
    HOLD = "hold"  # due, but an incident is open: it is carried to its end first
    BEGIN = "begin"
    GO_ON = "go_on"  # begun before, and cut off
    NOTHING = "nothing"  # undone, or done


class Tie(StrEnum):
    """Why somebody cannot leave for good yet."""

    LAST_OWNER = "last_owner"  # an account would belong to nobody
    LAST_ADMINISTRATOR = "last_administrator"
    CALL_IN_HAND = "call_in_hand"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An account's deletion as it is asked for."""

    is_owner: bool
    name: str
    typed_name: str
    has_open_incident: bool
    is_asked_already: bool
    serves_others: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a request is."""

    due_at: datetime
    undone_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None


def refusal(wish: Wish) -> Refusal | None:
    """Why the wish is not taken; None when it is."""
    if not wish.is_owner:
        return Refusal.NOT_AN_OWNER
    if wish.is_asked_already:
        return Refusal.ASKED_ALREADY
    if not is_the_same(wish.typed_name, wish.name):
        return Refusal.OTHER_NAME
    if wish.serves_others:
        return Refusal.SERVES_OTHERS
    return Refusal.INCIDENT_OPEN if wish.has_open_incident else None


def next_move(standing: Standing, *, has_open_incident: bool, now: datetime) -> Move:
    """What to do about a request; once begun it can only go on."""
    if standing.undone_at is not None or standing.done_at is not None:
        return Move.NOTHING
    if standing.begun_at is not None:
        return Move.GO_ON
    if now < standing.due_at:
        return Move.WAIT
    return Move.HOLD if has_open_incident else Move.BEGIN


def tie(*, last_owner: bool, last_administrator: bool, call_in_hand: bool) -> Tie | None:
    """What keeps somebody here; None when they may leave for good."""
    if call_in_hand:
        return Tie.CALL_IN_HAND
    if last_owner:
        return Tie.LAST_OWNER
    return Tie.LAST_ADMINISTRATOR if last_administrator else None


def is_the_same(typed: str, name: str) -> bool:
    """Whether somebody typed this name, whatever the blanks and capitals."""
    return _plain(typed) == _plain(name) != ""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
