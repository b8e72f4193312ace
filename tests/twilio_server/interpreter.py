"""Fetches documents and runs them on a leg, verb by verb."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from tests.twilio_server import verbs
from tests.twilio_server.calls import Call, Directions
from tests.twilio_server.detection import detect
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.execution import Begin, Execution
from tests.twilio_server.goto import GoTo
from tests.twilio_server.reading import Element, read_document
from tests.twilio_server.webhooks import Answer, Webhook

APPLICATION_ERROR = "application error"
DOES_NOT_ANSWER = ("Reject", "Redirect")
MOST_DOCUMENTS = 100  # in one leg


@dataclass
class Turn:
    """What a verb needs to know: the leg, where its document came from, and the machinery."""

    call: Call
    base: str
    interpreter: Interpreter

    @property
    def exchange(self) -> Exchange:
        return self.interpreter.exchange

    def address(self, relative: str) -> str:
        """A link in the document, made whole."""
        if not self.base and "://" not in relative:
            self.exchange.network.violated(
                f"a relative address in a document without one: {relative!r}"
            )
        return urljoin(self.base, relative)


@dataclass
class Loaded:
    """A document that came, or did not (no verbs)."""

    verbs: list[Element] | None
    base: str = ""


class Interpreter:
    """Everything that speaks TwiML on a leg."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.network = exchange.network
        exchange.picked_up = self.picked_up
        self.spoken: list[tuple[str, str]] = []  # SID of the leg, what was said on it

    def picked_up(self, call: Call) -> None:
        """An outbound leg was answered: find out by whom where that was asked, then run."""
        if call.detection is None:
            self.run(call, call.directions)
        elif call.detection.is_async:
            detect(self.exchange, call)
            self.run(call, call.directions)
        else:
            detect(self.exchange, call, then=lambda: self.run(call, call.directions))

    def run(
        self, call: Call, directions: Directions, finished: Callable[[], None] | None = None
    ) -> None:
        """Run from here on; whatever ran on this leg before stops. The end hangs up."""
        if call.execution is not None:
            call.execution.stop()

        def ended(outcome: Any) -> None:
            if call.has_ended:
                return
            if finished is not None and outcome is None:
                finished()
            elif outcome == APPLICATION_ERROR and not call.was_answered:
                self.exchange.end(call, "busy", sip=486)
            else:
                self.exchange.hang_up(call)

        call.execution = Execution(self._steps(call, directions), ended)
        call.execution.start()

    def _steps(self, call: Call, directions: Directions) -> Generator[Begin, Any, Any]:
        if directions.twiml:
            loaded = Loaded(self.read(directions.twiml, "text/xml"))
        else:
            goto = GoTo(directions.url, directions.method, directions.form)
            loaded = yield from self._load(call, goto, directions.fallback_url)
        for _ in range(MOST_DOCUMENTS):
            if loaded.verbs is None:
                return APPLICATION_ERROR
            goto = yield from self._play(call, loaded)
            if not isinstance(goto, GoTo):
                return goto
            loaded = yield from self._load(call, goto, directions.fallback_url)
        self.network.violated(f"{MOST_DOCUMENTS} documents in one leg: a circle?")
        return APPLICATION_ERROR

    def _load(self, call: Call, goto: GoTo, fallback: str) -> Generator[Begin, Any, Loaded]:
        answer = yield self.asking(call, goto)
        if not answer.is_ok and fallback:
            goto = GoTo(fallback, "POST", {**goto.form, "ErrorCode": "11200", "ErrorUrl": goto.url})
            answer = yield self.asking(call, goto)
        if not answer.is_ok:
            return Loaded(None)
        return Loaded(self.read(answer.body, answer.content_type), goto.url)

    def said(self, call: Call, say: Element) -> None:
        """Remember what the far end hears."""
        self.spoken.append((call.sid, say.text))

    def asking(self, call: Call, goto: GoTo) -> Begin:
        """Ask the service for a document; goes on with its answer."""

        def begin(resume: Callable[[Answer], None]) -> None:
            form = call.common_form() | goto.form
            if call.detection is not None and not call.detection.is_async and call.answered_by:
                form["AnsweredBy"] = call.answered_by
            webhook = Webhook(
                goto.kind, goto.url, form, call.sid, method=goto.method, on_answer=resume
            )
            self.network.notify(webhook)

        return begin

    def read(self, body: str, content_type: str) -> list[Element] | None:
        found = read_document(body, content_type=content_type, violated=self.network.violated)
        if self.network.account.is_signalwire and any(map(_names_a_browser, found or [])):
            self.network.violated("SignalWire has no <Client>")
        return found

    def _play(self, call: Call, loaded: Loaded) -> Generator[Begin, Any, Any]:
        turn = Turn(call, loaded.base, self)
        for verb in loaded.verbs or []:
            if call.direction == "inbound" and not call.was_answered and _answers(verb):
                self.exchange.answer(call)
            if verb.name in verbs.AT_ONCE:
                return verbs.AT_ONCE[verb.name](turn, verb)
            result = yield from verbs.RUN[verb.name](turn, verb)
            if result is not None:
                return result
        return None


def _answers(verb: Element) -> bool:
    """Whether this verb picks an inbound call up."""
    waits = verb.name == "Dial" and verb.get("answerOnBridge") == "true"
    return verb.name not in DOES_NOT_ANSWER and not waits


def _names_a_browser(verb: Element) -> bool:
    return any(noun.name == "Client" for noun in verb.children)
