"""What each verb does. A verb gives None (go on), where to go next, or that it is over."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from tests.twilio_server.dialling import dial
from tests.twilio_server.execution import Begin
from tests.twilio_server.goto import HANG_UP, GoTo, HangUp
from tests.twilio_server.reading import Element
from tests.twilio_server.recordings import add_recording

if TYPE_CHECKING:
    from tests.twilio_server.interpreter import Turn

LETTERS_A_SECOND = 15
SECONDS_OF_A_SOUND = 5.0
SECONDS_OF_A_MESSAGE = 10.0

Steps = Generator[Begin, Any, Any]


def _waiting(turn: Turn, seconds: float) -> Begin:
    return lambda resume: turn.exchange.network.after(seconds, lambda: resume(None))


def spoken_seconds(element: Element) -> float:
    """How long it takes to say, play or keep quiet."""
    times = max(int(element.get("loop", "1")), 1)
    if element.name == "Pause":
        return float(element.get("length", "1"))
    if element.name == "Play":
        return times * SECONDS_OF_A_SOUND
    return times * max(1.0, len(element.text) / LETTERS_A_SECOND)


def _speak(turn: Turn, verb: Element) -> Steps:
    if verb.name == "Say":
        turn.interpreter.said(turn.call, verb)
    yield _waiting(turn, spoken_seconds(verb))


def _gather(turn: Turn, verb: Element) -> Steps:
    for child in verb.children:
        if child.name == "Say":
            turn.interpreter.said(turn.call, child)
    keys = yield _listening(turn, verb)
    if not keys and verb.get("actionOnEmptyResult") != "true":
        return None
    finish = verb.get("finishOnKey", "#")
    digits = keys.removesuffix(finish) if finish else keys
    form = {"Digits": digits} | ({"FinishedOnKey": finish} if digits != keys else {})
    return GoTo(_next(turn, verb), verb.get("method", "POST"), form, kind="action")


def _next(turn: Turn, verb: Element) -> str:
    """Where the result goes: without an action to the document's own address again."""
    if not verb.get("action") and not turn.base:
        turn.exchange.network.violated(f"<{verb.name}> of a given document needs an action")
    return turn.address(verb.get("action", turn.base))


def _listening(turn: Turn, verb: Element) -> Begin:
    """Wait for keys: those that were scripted, those that somebody presses, or none in time."""
    network, call = turn.exchange.network, turn.call
    wanted, finish = int(verb.get("numDigits", "0")), verb.get("finishOnKey", "#")
    prompt = sum(map(spoken_seconds, verb.children))
    timeout = float(verb.get("timeout", "5"))

    def begin(resume: Callable[[str], None]) -> None:
        heard: list[str] = []

        def press(keys: str) -> None:
            for key in keys:
                heard.append(key)
                if key == finish or len(heard) == wanted:
                    done()
                    return
            after_quiet(timeout)

        def done() -> None:
            if call.pressed is press:
                call.pressed = None
                resume("".join(heard))

        def after_quiet(seconds: float) -> None:
            so_far = len(heard)
            network.after(seconds, lambda: done() if len(heard) == so_far else None)

        call.pressed = press
        after_quiet(prompt + timeout)
        if scripted := _scripted(call.keys, wanted):
            when = call.phone.presses_after
            network.after(when, lambda: press(scripted) if call.pressed is press else None)

    return begin


def _scripted(keys: list[str], wanted: int) -> str:
    """What the phone at the far end presses at this question; the rest waits for the next."""
    if not keys:
        return ""
    pressed = keys.pop(0)
    if wanted and len(pressed) > wanted:
        keys.insert(0, pressed[wanted:])
    return pressed[:wanted] if wanted else pressed


def _hangup(turn: Turn, verb: Element) -> HangUp:
    return HANG_UP


def _redirect(turn: Turn, verb: Element) -> GoTo:
    return GoTo(turn.address(verb.text), verb.get("method", "POST"))


def _reject(turn: Turn, verb: Element) -> HangUp:
    call = turn.call
    if call.direction != "inbound" or call.was_answered:
        turn.exchange.network.violated("<Reject> is for calls that nobody has answered yet")
        return HANG_UP
    busy = verb.get("reason", "rejected") == "busy"
    turn.exchange.end(call, "busy" if busy else "no-answer", sip=486 if busy else 603)
    return HANG_UP


def _record(turn: Turn, verb: Element) -> Steps:
    seconds = min(float(verb.get("maxLength", "3600")), SECONDS_OF_A_MESSAGE)
    yield _waiting(turn, seconds)
    recording = add_recording(turn, verb, "RecordVerb", seconds=round(seconds))
    form = {
        "RecordingSid": recording["sid"],
        "RecordingUrl": recording["url"],
        "RecordingDuration": recording["duration"],
    }
    return GoTo(_next(turn, verb), verb.get("method", "POST"), form, kind="action")


RUN: dict[str, Callable[[Turn, Element], Steps]] = {
    "Say": _speak,
    "Play": _speak,
    "Pause": _speak,
    "Gather": _gather,
    "Dial": dial,
    "Record": _record,
}
AT_ONCE: dict[str, Callable[[Turn, Element], GoTo | HangUp]] = {
    "Hangup": _hangup,
    "Redirect": _redirect,
    "Reject": _reject,
}
