"""The steps of a recording that ask the network: begun, fetched, deleted there, each till done.

Every step looks at the row first and may run twice. The network is asked outside any transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from callassist.accounts.recordings import drop_sound, keep_sound
from callassist.domain.dial import DialState
from callassist.domain.recording import AT_THE_NETWORK, RecordingState
from callassist.errors import PermanentError, TransientError
from callassist.escalation.addresses import recording_url
from callassist.escalation.context import Escalation
from callassist.escalation.recording import take
from callassist.models import CallAttempt, Recording
from callassist.outbox import OutboxItem
from callassist.ports.recording import CanRecord

AT_ONCE = 50
REPORT_LATE = timedelta(minutes=2)  # after the call's end the network is asked itself
_log = structlog.get_logger()


def deliver_recording(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Outbox: the next step of one recording, and those that follow from it at once."""
    tend(ctx, int(item.payload["recording_id"]), now)


def look_after_recordings(ctx: Escalation, kept: timedelta, now: datetime) -> int:
    """What is too old is deleted, what got stuck goes on; how many are still on their way."""
    with ctx.sessions.write() as session:
        old = select(Recording).where(
            Recording.gone_at.is_(None),
            Recording.decided_at < now - kept,
            Recording.state.in_([*AT_THE_NETWORK, RecordingState.KEPT]),
        )
        for row in session.scalars(old.limit(AT_ONCE)):
            drop_sound(session, row, now)
        silent = (
            select(Recording)
            .join(CallAttempt, CallAttempt.id == Recording.attempt_id)
            .where(
                Recording.state == RecordingState.ANNOUNCED,
                CallAttempt.state == str(DialState.ENDED),
            )
        )
        for row in session.scalars(silent.limit(AT_ONCE)):
            row.state = str(RecordingState.REFUSED)
    with ctx.sessions.read() as session:
        waiting = select(Recording.id).where(Recording.state.in_(AT_THE_NETWORK))
        ids = list(session.scalars(waiting.order_by(Recording.tries, Recording.id).limit(AT_ONCE)))
    for recording_id in ids:
        try:
            tend(ctx, recording_id, now)
        except (TransientError, PermanentError) as error:
            _log.warning("recording waits", action="recording_waits", what=error.detail)
            _note(ctx, recording_id, error.detail)
    return len(ids)


def tend(ctx: Escalation, recording_id: int, now: datetime) -> None:
    """Take steps while there is one to take; raises what the network raises."""
    for _ in range(len(RecordingState)):
        with ctx.sessions.read() as session:
            row = session.get_one(Recording, recording_id)
            attempt = session.get_one(CallAttempt, row.attempt_id)
        network = ctx.network_named(row.provider)
        if not isinstance(network, CanRecord) or row.call_id is None:
            return
        before = row.state
        if row.state == RecordingState.ASKED:
            _begin_or_ask(ctx, network, row, attempt, now)
        elif row.state == RecordingState.MADE:
            _fetch(ctx, network, row, now)
        elif row.state == RecordingState.LEAVING:
            _forget_there(ctx, network, row, now)
        with ctx.sessions.read() as session:
            if session.get_one(Recording, recording_id).state == before:
                return


def _begin_or_ask(
    ctx: Escalation, network: CanRecord, row: Recording, attempt: CallAttempt, now: datetime
) -> None:
    """Before the call's end it is begun; after it, and when no report came, asked about."""
    assert row.call_id is not None
    is_over = attempt.state == DialState.ENDED
    if row.provider_recording_id is None and not is_over:
        sound = network.begin_recording(row.call_id, recording_url(ctx, attempt))
    elif is_over and now - (attempt.ended_at or now) >= REPORT_LATE:
        found = network.recordings_of(row.call_id)
        sound = found[0] if found else None
    else:
        return
    with ctx.sessions.write() as session:
        fresh = session.get_one(Recording, row.id, with_for_update=True)
        if fresh.state != RecordingState.ASKED:
            return
        if sound is None:
            fresh.state, fresh.error = str(RecordingState.FAILED), "the call was over"
        else:
            take(fresh, sound)


def _fetch(ctx: Escalation, network: CanRecord, row: Recording, now: datetime) -> None:
    assert row.provider_recording_id is not None
    sound = network.fetch_sound(row.provider_recording_id)
    with ctx.sessions.write() as session:
        fresh = session.get_one(Recording, row.id, with_for_update=True)
        if fresh.state != RecordingState.MADE:
            return  # erased meanwhile: nothing is kept
        if sound is None:
            fresh.state, fresh.error = str(RecordingState.FAILED), "the network has it no more"
            fresh.there_gone_at = now
            return
        keep_sound(session, ctx.vault, fresh, sound, now)


def _forget_there(ctx: Escalation, network: CanRecord, row: Recording, now: datetime) -> None:
    if row.provider_recording_id is None:
        assert row.call_id is not None
        for sound in network.recordings_of(row.call_id):  # its id was never told to us
            network.forget_sound(sound.recording_id, row.call_id)
    else:
        network.forget_sound(row.provider_recording_id, row.call_id or "")
    with ctx.sessions.write() as session:
        fresh = session.get_one(Recording, row.id, with_for_update=True)
        fresh.there_gone_at, fresh.error = now, None
        is_here = fresh.kept_at is not None and fresh.gone_at is None
        fresh.state = str(RecordingState.KEPT if is_here else RecordingState.GONE)


def _note(ctx: Escalation, recording_id: int, what: str) -> None:
    with ctx.sessions.write() as session:
        row = session.get_one(Recording, recording_id)
        row.tries += 1
        row.error = what[:255]
