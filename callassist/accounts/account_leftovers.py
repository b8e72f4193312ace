"""What an account that is over leaves behind, and how each kind of it is taken away."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.team_changes import TeamAction
from callassist.models import (
    Account,
    ApiToken,
    CallAttempt,
    CallTask,
    Consent,
    Desk,
    FalseAlarm,
    GuestReply,
    HomeFile,
    HostContact,
    HostNote,
    Idempotency,
    ImportRun,
    Incident,
    NoiseQuarter,
    NoiseReading,
    NoteDraft,
    Notification,
    OwnNetwork,
    PhoneRing,
    PmsConnection,
    PmsListing,
    PmsMessage,
    PmsReservation,
    PmsSetAside,
    Policy,
    PolicyChange,
    Property,
    PropertyNoise,
    PropertyTag,
    Report,
    ReportVersion,
    ScriptVersion,
    Sensor,
    SensorAccess,
    SensorConnection,
    ShiftNote,
    ShiftSwap,
    StayFile,
    TeamChange,
    WebhookDelivery,
    WebhookEndpoint,
)

BATCH = 1000
READINGS_BATCH = 5000

Step = Callable[[Session, int], int]
_KEPT_CHANGES = (str(TeamAction.DELETION_ASKED), str(TeamAction.DELETION_UNDONE))


def _notes(session: Session, account_id: int) -> int:
    """What operators wrote about calls."""
    own = CallTask.account_id == account_id
    drafts = select(NoteDraft.task_id).join(CallTask, CallTask.id == NoteDraft.task_id).where(own)
    session.execute(delete(NoteDraft).where(NoteDraft.task_id.in_(drafts)))
    ids = _batch(session, select(CallTask.id).where(own, CallTask.note.is_not(None)))
    session.execute(update(CallTask).where(CallTask.id.in_(ids)).values(note=None))
    return len(ids)


def _complaints(session: Session, account_id: int) -> int:
    """What neighbours said, and what hosts and guests wrote."""
    session.execute(delete(HostNote).where(HostNote.account_id == account_id))
    session.execute(
        update(GuestReply).where(GuestReply.account_id == account_id).values(words=None)
    )
    session.execute(
        update(FalseAlarm).where(FalseAlarm.account_id == account_id).values(comment=None)
    )
    query = select(Incident.id).where(
        Incident.account_id == account_id, Incident.complaint.is_not(None)
    )
    ids = _batch(session, query)
    session.execute(update(Incident).where(Incident.id.in_(ids)).values(complaint=None))
    return len(ids)


def _numbers(session: Session, account_id: int) -> int:
    """Sealed numbers of dials to hosts, of guests whom no stay names, and of phones on duty."""
    query = select(CallAttempt.id).where(
        CallAttempt.account_id == account_id, CallAttempt.number.is_not(None)
    )
    ids = _batch(session, query)
    session.execute(update(CallAttempt).where(CallAttempt.id.in_(ids)).values(number=None))
    rung = PhoneRing.account_id == account_id, PhoneRing.number.is_not(None)
    rings = _batch(session, select(PhoneRing.id).where(*rung))
    session.execute(update(PhoneRing).where(PhoneRing.id.in_(rings)).values(number=None))
    return len(ids) + len(rings)


def _reports(session: Session, account_id: int) -> int:
    """Reports, also those held for a claim: the owner has asked, and was told to take a copy."""
    ids = _batch(session, select(Report.id).where(Report.account_id == account_id))
    session.execute(delete(ReportVersion).where(ReportVersion.report_id.in_(ids)))
    session.execute(delete(Report).where(Report.id.in_(ids)))
    return len(ids)


def _messages(session: Session, account_id: int) -> int:
    desks = select(Desk.id).where(Desk.account_id == account_id)
    own = or_(Notification.account_id == account_id, Notification.desk_id.in_(desks))
    ids = _batch(session, select(Notification.id).where(own))
    session.execute(delete(Notification).where(Notification.id.in_(ids)))
    return len(ids)


def _readings(session: Session, account_id: int) -> int:
    own = select(Sensor.id).where(Sensor.account_id == account_id)
    session.execute(delete(NoiseQuarter).where(NoiseQuarter.sensor_id.in_(own)))
    query = select(NoiseReading.id).where(NoiseReading.sensor_id.in_(own)).limit(READINGS_BATCH)
    ids = list(session.scalars(query))
    session.execute(delete(NoiseReading).where(NoiseReading.id.in_(ids)))
    return len(ids)


def _reservations(session: Session, account_id: int) -> int:
    """What property-management systems said of guests."""
    query = select(PmsReservation.id).where(PmsReservation.account_id == account_id)
    ids = _batch(session, query)
    session.execute(delete(PmsReservation).where(PmsReservation.id.in_(ids)))
    return len(ids)


def _webhooks(session: Session, account_id: int) -> int:
    """What was told to the host's own systems."""
    query = select(WebhookDelivery.id).where(WebhookDelivery.account_id == account_id)
    ids = _batch(session, query)
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids)


LEFTOVERS: tuple[Step, ...] = (
    *(_notes, _complaints, _numbers, _reports, _messages, _readings, _reservations),
    _webhooks,
)


def empty_account(session: Session, account_id: int) -> None:
    """The rest, which is little: homes, sensors, rules, desk and the account's own row."""
    desks = list(session.scalars(select(Desk.id).where(Desk.account_id == account_id)))
    _empty_homes(session, account_id)
    for table in (
        *(HomeFile, StayFile, ImportRun, Consent, PolicyChange, Policy, OwnNetwork),
        *(PmsMessage, PmsSetAside, PmsListing, PmsConnection),
        *(WebhookDelivery, WebhookEndpoint),
    ):
        session.execute(delete(table).where(table.account_id == account_id))
    session.execute(delete(ShiftNote).where(ShiftNote.desk_id.in_(desks)))
    session.execute(delete(ScriptVersion).where(ScriptVersion.desk_id.in_(desks)))
    session.execute(delete(ShiftSwap).where(ShiftSwap.desk_id.in_(desks)))
    _forget_changes(
        session, or_(TeamChange.account_id == account_id, TeamChange.desk_id.in_(desks))
    )
    tokens = select(ApiToken.id).where(
        or_(ApiToken.account_id == account_id, ApiToken.desk_id.in_(desks))
    )
    session.execute(delete(Idempotency).where(Idempotency.token_id.in_(tokens)))
    session.execute(update(Desk).where(Desk.id.in_(desks)).values(name="", duty_phone=None))
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(name="", caller_id=None, setup=None)
        .execution_options(synchronize_session=False)
    )


def _empty_homes(session: Session, account_id: int) -> None:
    homes = select(Property.id).where(Property.account_id == account_id)
    for table in (HostContact, PropertyTag, PropertyNoise):
        session.execute(
            delete(table)
            .where(table.property_id.in_(homes))
            .execution_options(synchronize_session=False)
        )
    nothing = {"name": "", "location": "", "call_name": "", "host_spoken_name": ""}
    session.execute(
        update(Property)
        .where(Property.account_id == account_id)
        .values(**nothing, house_rule="", pause_reason=None, policy_id=None)
        .execution_options(synchronize_session=False)
    )
    own = select(SensorConnection.id).where(SensorConnection.account_id == account_id)
    session.execute(delete(SensorAccess).where(SensorAccess.connection_id.in_(own)))
    for sensor in session.scalars(select(Sensor).where(Sensor.account_id == account_id)):
        sensor.name, sensor.external_id = "", sensor.public_id


def _forget_changes(session: Session, which: ColumnElement[bool]) -> None:
    """That the deletion was asked for stays on record."""
    session.execute(delete(TeamChange).where(which, TeamChange.action.not_in(_KEPT_CHANGES)))


def _batch(session: Session, query: Select[int]) -> list[int]:
    return list(session.scalars(query.limit(BATCH)))
