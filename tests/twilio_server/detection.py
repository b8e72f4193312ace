"""Answering-machine detection: takes its time, and is sometimes not sure."""

from __future__ import annotations

from collections.abc import Callable

from tests.twilio_server.calls import Call
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.far_ends import Behaviour
from tests.twilio_server.webhooks import Webhook

HUMAN_AFTER = 2.0
MACHINE_AFTER = 4.0
GREETING_OVER_AFTER = 12.0


def detect(exchange: Exchange, call: Call, then: Callable[[], None] | None = None) -> None:
    """Find out who picked up; report it where that was asked, then go on."""
    assert call.detection is not None
    verdict, seconds = _verdict(call)

    def found() -> None:
        if call.has_ended:
            return
        call.answered_by = verdict
        _report(exchange, call, seconds)
        if then is not None:
            then()

    exchange.network.after(seconds, found)


def _verdict(call: Call) -> tuple[str, float]:
    assert call.detection is not None
    if call.phone.behaviour is Behaviour.VOICEMAIL:
        if call.detection.mode == "DetectMessageEnd":
            return "machine_end_beep", GREETING_OVER_AFTER
        return "machine_start", MACHINE_AFTER
    if not call.phone.speaks:
        return "unknown", call.detection.timeout
    return "human", HUMAN_AFTER


def _report(exchange: Exchange, call: Call, seconds: float) -> None:
    detection = call.detection
    assert detection is not None
    if not detection.is_async:
        return
    if not detection.url:
        exchange.network.alert(21262, f"nobody is told who answered {call.sid}")
        return
    form = {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "AnsweredBy": call.answered_by or "",
        "MachineDetectionDuration": str(round(seconds * 1000)),
    }
    exchange.network.notify(Webhook("amd", detection.url, form, call.sid, method=detection.method))
