"""Calls over REST: create, look at, find again, end, send elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Request

from tests.twilio_server.calls import Call, Callback, Detection, Directions
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.far_ends import MAGIC_CALLS
from tests.twilio_server.interpreter import Interpreter
from tests.twilio_server.paging import page
from tests.twilio_server.problems import Refusal
from tests.twilio_server.shapes import country_of, is_e164

Arguments = dict[str, str]


class CallsApi:
    """The Calls resource. `list_lag` (seconds) hides young calls from lists for a while."""

    def __init__(self, exchange: Exchange, interpreter: Interpreter, prefix: str) -> None:
        self.exchange = exchange
        self.network = exchange.network
        self.interpreter = interpreter
        self.prefix = prefix
        self.list_lag = 0.0

    def create(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        form = request.form
        self._admit(form["To"], form["From"])
        own = self.network.account.numbers.get(form["From"])
        call = Call(
            self.network.new_sid("CA"),
            self.network.account.sid,
            to=form["To"],
            from_=form["From"],
            direction="outbound-api",
            created_at=self.network.now(),
            phone=self.network.phone(form["To"]),
            directions=self._directions(request),
            callback=_callback(request),
            detection=_detection(request),
            timeout=float(form.get("Timeout", 60)),
            time_limit=float(form.get("TimeLimit", 14400)),
            phone_number_sid=own.sid if own else None,
        )
        self.exchange.add(call)
        self.exchange.place(call)
        return call.to_json(self.prefix, fresh=True)

    def _admit(self, to: str, shown: str) -> None:
        account = self.network.account
        if not account.may_show(shown):
            raise Refusal(21210, shown)
        if to in MAGIC_CALLS:
            raise Refusal(MAGIC_CALLS[to], to)
        if not is_e164(to):
            return
        if account.is_trial and to not in account.verified:
            raise Refusal(21219, to)
        if account.countries is not None and country_of(to) not in account.countries:
            raise Refusal(21215, to)
        if to in account.fraud_blocked:
            raise Refusal(21216, to)
        limit = account.concurrent_calls
        if limit is not None and len(self.exchange.alive()) >= limit:
            raise Refusal(10004)

    def _directions(self, request: Request) -> Directions:
        form = request.form
        if "ApplicationSid" in form:
            application = self.network.account.applications.get(form["ApplicationSid"])
            if application is None:
                raise Refusal(20404, form["ApplicationSid"])
            return Directions(application.voice_url, application.voice_method)
        return Directions(
            form.get("Url", ""),
            form.get("Method", "POST"),
            form.get("Twiml", ""),
            form.get("FallbackUrl", ""),
        )

    def _find(self, sid: str, request: Request) -> Call:
        call = self.exchange.by_sid.get(sid)
        if call is None:
            raise Refusal(20404, request.path)
        return call

    def fetch(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        return self._find(arguments["Sid"], request).to_json(self.prefix)

    def recordings(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        call = self._find(arguments["CallSid"], request)
        return page("recordings", call.recordings, request, self.prefix)

    def list(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        """Newest first. A filter by start hides what has not been dialled yet (no start)."""
        now, wanted = self.network.now(), request.args
        found = [
            call.to_json(self.prefix)
            for call in reversed(self.exchange.calls)
            if (now - call.created_at).total_seconds() >= self.list_lag and _matches(call, wanted)
        ]
        return page("calls", found, request, self.prefix)

    def update(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        call, form = self._find(arguments["Sid"], request), request.form
        if "Status" in form:
            if not (form["Status"] == "canceled" and call.was_answered):
                self.exchange.hang_up(call)
        elif "Url" in form or "Twiml" in form:
            self._send_elsewhere(call, request)
        if "StatusCallback" in form and not call.has_ended:
            call.callback = _callback(request)
        return call.to_json(self.prefix)

    def _send_elsewhere(self, call: Call, request: Request) -> None:
        """Whatever the leg does stops, and a new document begins."""
        if call.has_ended:
            raise Refusal(21220)
        directions = self._directions(request)
        if not call.was_answered:
            call.directions = directions
            return
        if call.dialling is not None:
            call.dialling.stop()
        dialling = call.parent.dialling if call.parent is not None else None
        if dialling is not None and dialling.connected is call:
            call.on_ended = None
            dialling.child_left()
        self.network.after(0, lambda: self._run(call, directions))

    def _run(self, call: Call, directions: Directions) -> None:
        if not call.has_ended:
            self.interpreter.run(call, directions)


def _callback(request: Request) -> Callback | None:
    form = request.form
    if "StatusCallback" not in form or "ApplicationSid" in form:
        return None  # an application's own settings win
    events = tuple(form.getlist("StatusCallbackEvent")) or ("completed",)
    return Callback(form["StatusCallback"], form.get("StatusCallbackMethod", "POST"), events)


def _detection(request: Request) -> Detection | None:
    form = request.form
    if "MachineDetection" not in form or "SendDigits" in form:
        return None
    return Detection(
        mode=form["MachineDetection"],
        timeout=float(form.get("MachineDetectionTimeout", 30)),
        is_async=form.get("AsyncAmd") == "true",
        url=form.get("AsyncAmdStatusCallback", ""),
        method=form.get("AsyncAmdStatusCallbackMethod", "POST"),
    )


def _matches(call: Call, wanted: Any) -> bool:
    shown = {"initiated": "queued"}.get(call.status, call.status)
    parent = call.parent.sid if call.parent else None
    exact = {"To": call.to, "From": call.from_, "Status": shown, "ParentCallSid": parent}
    if any(wanted[name] != value for name, value in exact.items() if name in wanted):
        return False
    return all(
        _within(instant, name, wanted)
        for name, instant in (("StartTime", call.started_at), ("EndTime", call.ended_at))
    )


def _within(instant: datetime | None, name: str, wanted: Any) -> bool:
    asked = {sign: wanted[name + sign] for sign in ("", "<", ">") if name + sign in wanted}
    if not asked:
        return True
    if instant is None:
        return False
    bounds = {sign: _instant(text) for sign, text in asked.items()}
    if "" in bounds and instant.date() != bounds[""].date():
        return False
    seconds = instant.replace(microsecond=0)
    return bounds.get(">", seconds) <= seconds <= bounds.get("<", seconds)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
