"""Recording of a call with a guest: announced to both sides first, then begun, or not.

Only a call that an operator makes to a guest is recorded: hosts and callers are not asked.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox
from callassist.domain.call_task import Party
from callassist.domain.log_action import LogAction
from callassist.domain.recording import RecordingState, Rule, is_agreed
from callassist.errors import NotFound
from callassist.escalation.addresses import announce_url, consent_url
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_attempt
from callassist.models import Account, CallAttempt, Incident, Recording, Stay
from callassist.ports.recording import CanRecord, Sound, SoundStatus
from callassist.ports.telephony import Announcement, AskKey, BridgeRequest, GoOn, HangUp, Step

TOPIC = "recording"


def announce(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    incident: Incident,
    operators_language: str,
    now: datetime,
) -> Announcement | None:
    """What both sides are told of a recording; None for a call that is not recorded.

    Handed out again to the same leg it is the same.
    """
    row = _row_of(session, attempt)
    if row is None:
        row = _decide(session, ctx, attempt, incident, now)
    if row is None:
        return None
    table = ctx.recording
    said = table.sentences.get(operators_language, {}).get("operator", "")
    return Announcement(
        say=said or table.sentences["en"]["operator"],
        language=operators_language if said else "en",
        ask_url=announce_url(ctx, attempt),
    )


def guest_hears(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The guest has answered: what is to be recorded is said, and a key taken."""
    attempt, _, _ = lock_attempt(session, attempt_id)
    row = _row_of(session, attempt)
    if row is None or row.state != RecordingState.ANNOUNCED:
        raise NotFound("nothing is announced in this call")
    return AskKey(
        say=ctx.recording.sentences[row.language][row.rule],
        language=row.language,
        pressed_url=consent_url(ctx, attempt),
        times=1,
        goes_on=True,
    )


def guest_answers(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The guest had their say: recording is asked for, or the call goes on without.

    Told twice, the first answer stands: whoever declined is not recorded by a late copy.
    """
    attempt, _, incident = lock_attempt(session, attempt_id)
    row = _row_of(session, attempt)
    if row is None:
        raise NotFound("nothing is announced in this call")
    if attempt.called_call_id not in (None, request.call_id):
        return HangUp()
    if row.state == RecordingState.ANNOUNCED:
        agreed = is_agreed(Rule(row.rule), request.digits)
        row.state = str(RecordingState.ASKED if agreed else RecordingState.REFUSED)
        row.answered_at = now
        row.call_id = request.call_id if agreed else None
        _log(session, incident.id, attempt, row)
        if agreed:
            wake(session, row, now)
    is_recorded = row.state != RecordingState.REFUSED
    sentence = ctx.recording.sentences[row.language]["recorded" if is_recorded else "unrecorded"]
    return GoOn(say=sentence, language=row.language)


def record_sound(session: Session, dial_token: str, sound: Sound, now: datetime) -> None:
    """The network reports on a recording; repeated, late or foreign reports change nothing."""
    row = session.scalars(
        select(Recording)
        .join(CallAttempt, CallAttempt.id == Recording.attempt_id)
        .where(CallAttempt.dial_token == dial_token)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound("no recording has this token")
    if row.call_id != sound.call_id or row.state != RecordingState.ASKED:
        return
    take(row, sound)
    wake(session, row, now)


def take(row: Recording, sound: Sound) -> None:
    """What the network says of a recording that it was asked for."""
    if row.provider_recording_id not in (None, sound.recording_id):
        return
    row.provider_recording_id = sound.recording_id
    if sound.status is SoundStatus.READY:
        row.state, row.seconds = str(RecordingState.MADE), sound.seconds
    elif sound.status is SoundStatus.NONE:
        row.state, row.error = str(RecordingState.FAILED), "the network recorded nothing"


def wake(session: Session, row: Recording, now: datetime) -> None:
    """The next step of this recording is taken soon, outside this transaction."""
    key = f"{row.public_id}:{row.state}:{now.isoformat()}"
    outbox.put(session, TOPIC, key, {"recording_id": row.id}, now=now)


def _decide(
    session: Session, ctx: Escalation, attempt: CallAttempt, incident: Incident, now: datetime
) -> Recording | None:
    account = session.get_one(Account, attempt.account_id)
    network = ctx.network_named(attempt.provider)
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    language = ctx.recording.language_of(stay.language if stay else None, incident.language)
    is_wanted = (
        account.records_calls_since is not None
        and attempt.party == Party.GUEST
        and attempt.number is not None
        and not incident.practice
        and isinstance(network, CanRecord)
    )
    if not is_wanted or language is None or attempt.number is None:
        return None
    rule = ctx.recording.rules.of_number(ctx.vault.open(attempt.number))
    if rule is Rule.NEVER:
        return None
    row = Recording(
        account_id=account.id,
        incident_id=incident.id,
        attempt_id=attempt.id,
        provider=attempt.provider,
        rule=str(rule),
        language=language,
        state=str(RecordingState.ANNOUNCED),
        decided_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _row_of(session: Session, attempt: CallAttempt) -> Recording | None:
    return session.scalars(select(Recording).where(Recording.attempt_id == attempt.id)).first()


def _log(session: Session, incident_id: int, attempt: CallAttempt, row: Recording) -> None:
    assert row.answered_at is not None
    data = {"attempt_id": attempt.id, "rule": row.rule, "recorded": row.state != "refused"}
    incident_log.append(session, incident_id, LogAction.RECORDING_ASKED, data, now=row.answered_at)
