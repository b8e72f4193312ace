"""<Dial>: child legs, who of them is connected, and what the document hears of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.twilio_server.calls import Call, Callback, Detection, Directions
from tests.twilio_server.detection import detect
from tests.twilio_server.execution import Begin
from tests.twilio_server.goto import GoTo
from tests.twilio_server.reading import Element
from tests.twilio_server.recordings import add_recording
from tests.twilio_server.webhooks import Webhook

if TYPE_CHECKING:
    from tests.twilio_server.interpreter import Turn

MOST_CHILDREN = 10
RECORDS = ("record-from-answer", "record-from-ringing", "true")


def dial(turn: Turn, verb: Element) -> Generator[Begin, Any, Any]:
    """Ring the numbers, connect the first that answers, and report when it is over."""
    caller = turn.call.parent
    if caller is not None and caller.dialling is not None and caller.dialling.connected is None:
        turn.exchange.network.violated("a whisper may not <Dial>")
    dialling = Dialling(turn, verb)
    yield dialling.begin
    if verb.get("action"):
        form = dialling.result()
        url, method = turn.address(verb.get("action")), verb.get("method", "POST")
        return GoTo(url, method, form, kind="action")
    return None


class Dialling:
    """One <Dial> while it lasts."""

    def __init__(self, turn: Turn, verb: Element) -> None:
        self.turn = turn
        self.verb = verb
        self.parent = turn.call
        self.exchange = turn.exchange
        self.children: list[Call] = []
        self.connected: Call | None = None
        self.connected_at: datetime | None = None
        self.status = "failed"
        self._resume: Callable[[Any], None] | None = None

    def begin(self, resume: Callable[[Any], None]) -> None:
        self._resume = resume
        self.parent.dialling = self
        nouns = self.verb.children or [Element("Number", text=self.verb.text)]
        caller_id = self._caller_id()
        if caller_id is None or len(nouns) > MOST_CHILDREN:
            self.exchange.network.after(0, self._finish)
            return
        for noun in nouns:
            self._call(noun, caller_id)

    def _caller_id(self) -> str | None:
        """The number that is shown; None when it is not ours to show (13214)."""
        shown = self.verb.get("callerId") or self.parent.from_
        network = self.exchange.network
        to_browsers = bool(self.verb.children) and all(
            noun.name == "Client" for noun in self.verb.children
        )
        passed_on = self.parent.direction == "inbound" and shown == self.parent.from_
        if passed_on and not shown.startswith("client:"):
            return shown
        if to_browsers or network.account.may_show(shown):
            return shown
        network.alert(13214, f"callerId {shown!r}")
        network.violated(f"<Dial> shows {shown!r}, which is no number of the account")
        return None

    def _call(self, noun: Element, caller_id: str) -> None:
        network = self.exchange.network
        identity = next((c.text for c in noun.children if c.name == "Identity"), noun.text)
        to = f"client:{identity}" if noun.name == "Client" else noun.text
        child = Call(
            network.new_sid("CA"),
            network.account.sid,
            to=to,
            from_=caller_id,
            direction="outbound-dial",
            created_at=network.now(),
            phone=network.phone(to),
            parent=self.parent,
            callback=self._callback(noun),
            detection=self._detection(noun),
            timeout=float(self.verb.get("timeout", "30")),
        )
        if noun.get("url"):
            child.directions = Directions(
                self.turn.address(noun.get("url")), noun.get("method", "POST")
            )
        child.on_answered = lambda: self._answered(child)
        child.on_ended = lambda: self._ended(child)
        self.children.append(self.exchange.add(child))
        self.exchange.place(child)

    def _callback(self, noun: Element) -> Callback | None:
        if not noun.get("statusCallback"):
            return None
        events = noun.get("statusCallbackEvent", "completed").split()
        method = noun.get("statusCallbackMethod", "POST")
        return Callback(self.turn.address(noun.get("statusCallback")), method, tuple(events))

    def _detection(self, noun: Element) -> Detection | None:
        if not noun.get("machineDetection"):
            return None
        return Detection(
            mode=noun.get("machineDetection"),
            timeout=float(noun.get("machineDetectionTimeout", "30")),
            is_async=True,
            url=noun.get("amdStatusCallback"),
            method=noun.get("amdStatusCallbackMethod", "POST"),
        )

    def _answered(self, child: Call) -> None:
        for other in self.children:
            if other is not child:
                self.exchange.hang_up(other)
        if child.detection is not None:
            detect(self.exchange, child)
        if child.directions.url:
            self.turn.interpreter.run(
                child, child.directions, finished=lambda: self._connect(child)
            )
        else:
            self._connect(child)

    def _connect(self, child: Call) -> None:
        if self.parent.has_ended:
            return
        if not self.parent.was_answered:
            self.exchange.answer(self.parent)
        self.connected, self.connected_at = child, self.exchange.network.now()
        if self.verb.get("hangupOnStar") == "true":
            self.parent.pressed = lambda keys: self.exchange.hang_up(child) if "*" in keys else None
        limit = float(self.verb.get("timeLimit", "14400"))
        self.exchange.network.after(limit, lambda: self.exchange.hang_up(child))

    def _ended(self, child: Call) -> None:
        if child is self.connected:
            self.status = "completed"
            self._keep_recording(child)
            self._finish()
        elif self.connected is None and all(other.has_ended for other in self.children):
            self.status = child.status
            self._finish()

    def _keep_recording(self, child: Call) -> None:
        if self.verb.get("record").removesuffix("-dual") in RECORDS:
            add_recording(self.turn, self.verb, "DialVerb", seconds=child.duration)

    def child_left(self) -> None:
        """The connected leg was sent to a document of its own."""
        self.status = "completed"
        self._finish()

    def _finish(self) -> None:
        if self._resume is None:
            return
        resume, self._resume = self._resume, None
        self.parent.dialling = self.parent.pressed = None
        resume(None)

    def caller_gone(self) -> None:
        """The parent hung up: so do the children, and the action still hears of it."""
        resume, self._resume = self._resume, None
        self.parent.dialling = None
        if resume is None:
            return
        for child in self.children:
            self.exchange.hang_up(child, by_caller=True)
        if self.connected is None:
            self.status = self.children[0].status if self.children else "failed"
        if self.verb.get("action"):
            self._tell_action()

    def stop(self) -> None:
        """The parent was sent elsewhere: the children hang up and nobody is told."""
        self._resume = None
        self.parent.dialling = None
        for child in self.children:
            self.exchange.hang_up(child, by_caller=True)

    def _tell_action(self) -> None:
        """What the document answers is read as strictly as ever, but nobody hears it."""
        form = self.parent.common_form() | self.result()

        def read(answer: Any) -> None:
            if answer.is_ok and answer.body.strip():
                self.turn.interpreter.read(answer.body, answer.content_type)

        url, method = self.turn.address(self.verb.get("action")), self.verb.get("method", "POST")
        self.exchange.network.notify(
            Webhook("action", url, form, self.parent.sid, method=method, on_answer=read)
        )

    def result(self) -> dict[str, str]:
        """What `action` is told."""
        form = {"DialCallStatus": self.status, "DialBridged": str(bool(self.connected)).lower()}
        leg = self.connected or (self.children[0] if self.children else None)
        if leg is not None:
            form["DialCallSid"] = leg.sid
        if self.connected is not None and self.connected_at is not None:
            end = self.connected.ended_at or self.exchange.network.now()
            form["DialCallDuration"] = str(round((end - self.connected_at).total_seconds()))
        return form
