"""Recordings by Twilio. The address of a sound is made here and never taken from a report."""

from __future__ import annotations

import re
from typing import Any

from callassist.errors import InvalidInput, TransientError
from callassist.ports.recording import Sound, SoundStatus
from callassist.ports.telephony import WebhookRequest
from callassist.telephony.twilio.documents import with_retries
from callassist.telephony.twilio.fields import Fields
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question
from callassist.telephony.twilio.rest import Rest, asked

# https://www.twilio.com/docs/voice/api/recording
_STATUSES = {
    "in-progress": SoundStatus.GOING_ON,
    "paused": SoundStatus.GOING_ON,
    "stopped": SoundStatus.GOING_ON,
    "processing": SoundStatus.GOING_ON,
    "completed": SoundStatus.READY,
    "absent": SoundStatus.NONE,
    "failed": SoundStatus.NONE,
}
_NOT_IN_PROGRESS = (21220, 20404)
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class TwilioRecordings:
    """The recordings of one account."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def begin(self, call_id: str, callback_url: str) -> Sound | None:
        """One that the call has already is taken: the answer to an earlier request was lost."""
        known = self.of(call_id)
        if known:
            return known[0]
        try:
            row = self._rest.record(
                call_id,
                recording_channels="dual",
                recording_status_callback=with_retries(callback_url),
                recording_status_callback_event=["completed", "absent"],
                recording_status_callback_method="POST",
            )
        except Refused as refused:
            if refused.code in _NOT_IN_PROGRESS or refused.status == 404:
                return None
            raise of_a_question(refused) from None
        except NoAnswer as error:
            raise of_a_question(error) from None
        return _sound(row)

    def of(self, call_id: str) -> list[Sound]:
        """As the network lists them."""
        return [_sound(row) for row in asked(lambda: self._rest.recordings(call_id))]

    def fetch(self, recording_id: str) -> bytes | None:
        """The sound."""
        return asked(lambda: self._rest.sound(_checked("recording", recording_id)))

    def forget(self, recording_id: str, call_id: str) -> None:
        """Deleted, and then asked for again: only a list without it proves that it is gone."""
        asked(lambda: self._rest.forget_recording(_checked("recording", recording_id)))
        if any(one.recording_id == recording_id for one in self.of(call_id)):
            raise TransientError("the network still has the recording after it was deleted")

    def parse(self, request: WebhookRequest) -> Sound:
        """The report of a recording."""
        form = Fields(request)
        status = _STATUSES.get(form.get("RecordingStatus", ""))
        if status is None:
            raise InvalidInput("expected the status of a recording", "RecordingStatus")
        return Sound(
            recording_id=_checked("RecordingSid", form.get("RecordingSid", "")),
            call_id=_checked("CallSid", form.get("CallSid", "")),
            status=status,
            seconds=_seconds(form.get("RecordingDuration", "")),
        )


def _sound(row: Any) -> Sound:
    status = str(row.status or "")
    return Sound(
        recording_id=_checked("sid", str(row.sid or "")),
        call_id=str(row.call_sid or ""),
        status=_STATUSES.get(status, SoundStatus.GOING_ON),
        seconds=_seconds(str(row.duration or "")),
    )


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _checked(field: str, text: str) -> str:
    if not _ID.fullmatch(text):
        raise InvalidInput("expected the id of a call or a recording", field)
    return text
