"""What an operator is shown of one call: the list of DESIGN 3.8 and nothing else.

Pages and API are both drawn from this; nothing about a stay reaches the desk by another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist import roster
from callassist.accounts.script_versions import library_of_desk
from callassist.bootstrap import Service
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.incident import Resolution
from callassist.domain.script import Script, Slots, render_script
from callassist.escalation import joined
from callassist.escalation.context import cadence_of
from callassist.escalation.requesting import noise_minutes
from callassist.models import CallTask, Desk, Incident, Operator, Property, Stay
from callassist.telephony.manual import tel_link

OVER = frozenset({TaskState.COMPLETED, TaskState.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class OperatorCard:
    """One call. Names vanish from it, and the script with them, when the task is over."""

    task_id: str
    party: Party
    state: TaskState
    attempt: int
    attempts: int
    language: str
    guest: str | None
    host_spoken_name: str | None
    call_names: tuple[str, ...]
    other_homes: int  # of the same guest, which the call is about too
    zone: ZoneInfo
    noise_minutes: int | None
    reference: str
    is_repeat: bool
    is_practice: bool
    number: str | None  # manual mode: from "call" until the call has ended, for who makes it
    dial_link: str | None
    scripts: tuple[Script, ...]  # in the call's language first, then in the others we write

    @property
    def script(self) -> Script | None:
        """What to say, in the language of the call."""
        return self.scripts[0] if self.scripts else None


def operator_card(
    session: Session,
    service: Service,
    task: CallTask,
    operator_id: int | None,
    now: datetime,
    about: Sequence[Incident] | None = None,
    *,
    with_scripts: bool = True,
) -> OperatorCard:
    """The card of a task for an operator, or for a supervisor who is none.

    `about`: the incidents that it is about, where somebody has looked already. Without scripts
    where nothing is read out: they are most of the work.
    """
    incident = session.get_one(Incident, task.incident_id)
    home = session.get_one(Property, incident.property_id)
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    over = TaskState(task.state) in OVER
    homes = _homes(session, about or joined.incidents_of(session, incident))
    guest = None if over else guest_name(service, stay)
    names = () if over else _call_names(session, task, incident, homes, now)
    minutes, number = noise_minutes(session, incident, now), _number(service, task, operator_id)
    slots = Slots(
        guest=guest or "",
        desk_name=_desk_name(session, operator_id),
        host_spoken_name=home.host_spoken_name,
        minutes=minutes,
        call_name=", ".join(names),
        reference=incident.reference,
        country=home.country,
    )
    return OperatorCard(
        task_id=task.public_id,
        party=Party(task.party),
        state=TaskState(task.state),
        attempt=task.attempt_number,
        attempts=cadence_of(incident).attempts,
        language=task.language,
        guest=guest,
        host_spoken_name=None if over else home.host_spoken_name or None,
        call_names=names,
        other_homes=len(homes) - 1,
        zone=ZoneInfo(home.timezone),
        noise_minutes=minutes,
        reference=incident.reference,
        is_repeat=incident.repeat_of_id is not None,
        is_practice=incident.practice,
        number=number,
        dial_link=None if number is None else tel_link(number),
        scripts=_scripts(session, service, task, incident, slots, stay)
        if with_scripts and not over
        else (),
    )


def _was_spoken_to(session: Session, incident: Incident) -> bool:
    """Whether the guest was reached about the incident before: the words "again" thank for that."""
    if incident.repeat_of_id is None:
        return False
    before = session.get_one(Incident, incident.repeat_of_id)
    return before.resolution == Resolution.GUEST_REACHED


def _desk_name(session: Session, operator_id: int | None) -> str:
    operator = None if operator_id is None else session.get(Operator, operator_id)
    return operator.desk_name if operator else ""


class _Named(Protocol):
    """A stay, or of its row what the name takes."""

    @property
    def guest_name(self) -> bytes | None: ...
    @property
    def erased_at(self) -> datetime | None: ...


def guest_name(service: Service, stay: _Named | None) -> str | None:
    """The guest's display name; None when it is not known or was erased."""
    if stay is None or stay.erased_at is not None or stay.guest_name is None:
        return None
    return service.vault.open(stay.guest_name)


def _homes(session: Session, about: Sequence[Incident]) -> list[Property]:
    """The incident's home, then those of incidents whose calls are made in this one's tasks."""
    return [session.get_one(Property, each.property_id) for each in about]


def _call_names(
    session: Session, task: CallTask, incident: Incident, homes: list[Property], now: datetime
) -> tuple[str, ...]:
    """On the host's card always; on the guest's if the host allows it, or the desk is their own."""
    desk = None if task.desk_id is None else session.get(Desk, task.desk_id)
    own = desk is not None and desk.account_id == incident.account_id
    agreement = roster.agreement_for(session, incident.account_id, now)
    agreed = agreement is not None and agreement.show_call_name_to_guest_desk
    everywhere = task.party == Party.HOST or own or agreed
    return tuple(
        home.call_name
        for home in homes
        if home.call_name and (everywhere or home.show_call_name_to_guest)
    )


def _number(service: Service, task: CallTask, operator_id: int | None) -> str | None:
    by_hand = service.escalation.dials_by_hand(task.incident)
    if not by_hand or task.operator_id != operator_id:
        return None
    if operator_id is None or task.state != TaskState.ASSIGNED or not task.attempts:
        return None
    attempt = task.attempts[-1]
    if attempt.number is None or attempt.state == DialState.ENDED:
        return None
    return service.vault.open(attempt.number)


def _scripts(
    session: Session,
    service: Service,
    task: CallTask,
    incident: Incident,
    slots: Slots,
    stay: Stay | None,
) -> tuple[Script, ...]:
    library = library_of_desk(session, service.scripts, task.desk_id)
    first = task.language.partition("-")[0].lower()
    others = [code for code in sorted(library.books) if code != first]
    if first not in library.books:
        others.remove("en")  # which stands in for it
    return tuple(
        render_script(
            library,
            code,
            Party(task.party),
            slots,
            repeat=_was_spoken_to(session, incident),
            guest_language=None if stay is None else stay.language,
        )
        for code in (task.language, *others)
    )
