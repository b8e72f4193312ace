"""Setting an account up: who takes its calls, and which steps are proved, skipped or still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from callassist.accounts.desks import own_desk
from callassist.domain.call_takers import CallTakers
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import (
    Account,
    Desk,
    DutySpan,
    HostContact,
    Incident,
    NotificationChannel,
    Operator,
    Policy,
    Property,
    Sensor,
    ServiceAgreement,
    Shift,
    Stay,
    StayNumber,
)
from callassist.models.types import BigKey, UtcDateTime

_SKIPPED = "skipped"


class SetUpStep(StrEnum):
    """In the order in which a host is led through them."""

    HOME = "home"
    SENSOR = "sensor"  # paired and heard
    RULES = "rules"  # a preset was chosen, or the service's rules were accepted
    GUEST = "guest"  # a number, a booking system, or "only we are called"
    CONTACT = "contact"  # whom we call when the guest is not reached
    CHANNEL = "channel"  # proved by a delivery
    TAKERS = "takers"  # somebody answers, of the kind that was chosen
    PRACTICE = "practice"


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """Where an account stands; `calls_by` None: nobody was asked yet."""

    account_id: int
    account_public_id: str
    calls_by: CallTakers | None
    done: frozenset[SetUpStep]
    skipped: frozenset[SetUpStep]

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to ask for."""
        return self.calls_by is not None and not set(SetUpStep) - self.done - self.skipped

    @property
    def open_steps(self) -> tuple[SetUpStep, ...]:
        """What is neither proved nor skipped, in order."""
        return tuple(
            step for step in SetUpStep if step not in self.done and step not in self.skipped
        )


def set_up_of(session: Session, account: Account, now: datetime) -> SetUp:
    """Look at what is really there; nothing is ticked because somebody said so, but rules."""
    kept = account.setup or {}
    names, query = _asked()
    row = session.execute(query, {"account": account.id, "now": now}).one()
    done = {name for name, is_so in zip(names, row, strict=True) if is_so}
    chosen = CallTakers(account.calls_by) if account.calls_by else None
    served = {each for each in CallTakers if f"by_{each}" in done}
    if chosen is None and served:
        chosen = next(each for each in CallTakers if each in served)
    if chosen in served:
        done.add(SetUpStep.TAKERS)
    return SetUp(
        account_id=account.id,
        account_public_id=account.public_id,
        calls_by=chosen,
        done=frozenset(SetUpStep(step) for step in done if step in set(SetUpStep)),
        skipped=frozenset(
            SetUpStep(step) for step in kept.get(_SKIPPED, ()) if step in set(SetUpStep)
        ),
    )


def choose_call_takers(
    session: Session, viewer: Viewer, account: Account, choice: str, *, now: datetime
) -> None:
    """Keep who takes the calls; InvalidInput for anything else.

    Whoever takes them for themselves has a desk of their own from then on: calls wait there.
    """
    viewer.require_write(account.id)
    if choice not in set(CallTakers):
        raise InvalidInput("choose who takes the calls", "calls_by")
    account.calls_by = choice
    if choice != CallTakers.SERVICED:
        own_desk(session, account, now=now)
    session.flush()


def skip_step(session: Session, viewer: Viewer, account: Account, step: str, *, skip: bool) -> None:
    """Skip a step of the checklist, or take it up again."""
    viewer.require_write(account.id)
    if step not in set(SetUpStep):
        raise InvalidInput("there is no such step", "step")
    kept = dict(account.setup or {})
    skipped = [each for each in kept.get(_SKIPPED, ()) if each != step]
    kept[_SKIPPED] = [*skipped, step] if skip else skipped
    account.setup = kept
    session.flush()


def accept_rules(session: Session, viewer: Viewer, account: Account) -> None:
    """The rules of the service will do."""
    viewer.require_write(account.id)
    account.setup = {**(account.setup or {}), "rules": "default"}
    session.flush()


@cache
def _asked() -> tuple[tuple[str, ...], Select[*tuple[bool, ...]]]:
    """The facts' names, and one statement for all of them; made once, for it is a large one."""
    facts = _facts()
    return tuple(facts), select(*facts.values())


_ACCOUNT = bindparam("account", type_=BigKey)
_NOW = bindparam("now", type_=UtcDateTime)


def _facts() -> dict[str, ColumnElement[bool]]:
    """What is there for the account and at the instant of two parameters."""
    return {**_proofs(), **_takers()}


def _proofs() -> dict[str, ColumnElement[bool]]:
    """What ticks each step, except who takes the calls."""
    home = and_(Property.account_id == _ACCOUNT, Property.archived_at.is_(None))
    accepted = exists().where(
        Account.id == _ACCOUNT, Account.setup["rules"].as_string() == "default"
    )
    number = (
        exists()
        .where(
            Stay.account_id == _ACCOUNT,
            Stay.check_out_at > _NOW,
            Stay.cancelled_at.is_(None),
            StayNumber.stay_id == Stay.id,
        )
        .correlate(None)
    )
    return {
        SetUpStep.HOME: exists().where(home),
        SetUpStep.SENSOR: exists().where(
            Sensor.account_id == _ACCOUNT,
            Sensor.property_id.is_not(None),
            Sensor.last_heard_at.is_not(None),
        ),
        SetUpStep.RULES: or_(
            accepted, exists().where(home, Property.policy_id == Policy.id).correlate(None)
        ),
        SetUpStep.GUEST: or_(number, exists().where(home, Property.host_only.is_(True))),
        SetUpStep.CONTACT: exists().where(home, HostContact.property_id == Property.id),
        SetUpStep.CHANNEL: exists().where(
            NotificationChannel.account_id == _ACCOUNT,
            NotificationChannel.proved_at.is_not(None),
            NotificationChannel.disabled_at.is_(None),
        ),
        SetUpStep.PRACTICE: exists().where(
            Incident.account_id == _ACCOUNT, Incident.practice.is_(True)
        ),
    }


def _takers() -> dict[str, ColumnElement[bool]]:
    """Who is there to take the calls, for each way in which they can be taken."""
    return {
        f"by_{CallTakers.OWN_DESK}": exists().where(
            Desk.account_id == _ACCOUNT,
            Operator.desk_id == Desk.id,
            Shift.operator_id == Operator.id,
            Shift.ends_at > _NOW,
        ),
        f"by_{CallTakers.SERVICED}": exists().where(
            ServiceAgreement.account_id == _ACCOUNT,
            ServiceAgreement.starts_at <= _NOW,
            or_(ServiceAgreement.ends_at.is_(None), ServiceAgreement.ends_at > _NOW),
        ),
        f"by_{CallTakers.ON_CALL}": exists().where(
            DutySpan.account_id == _ACCOUNT,
            DutySpan.ends_at > _NOW,
            DutySpan.phone.is_not(None),
        ),
    }
