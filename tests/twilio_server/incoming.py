"""Those who reach us: a browser of ours, a phone, a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.twilio_server.calls import Call, Callback, Directions
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.far_ends import FarEnd, scripted
from tests.twilio_server.interpreter import Interpreter
from tests.twilio_server.messages import TextNetwork
from tests.twilio_server.softphone import read_token

STAYS = 8 * 3600.0  # whoever calls us stays until hanging up
# fields that are Twilio's own; a browser's parameters cannot pretend to be those
OWN_FIELDS = {"AccountSid", "ApiVersion", "CallSid", "CallStatus", "Caller", "Direction", "From"}


class Leg:
    """A leg that somebody holds in the hand."""

    def __init__(self, call: Call, exchange: Exchange, deliver: Callable[[], None]) -> None:
        self.call = call
        self._exchange = exchange
        self._deliver = deliver

    @property
    def sid(self) -> str:
        return self.call.sid

    @property
    def status(self) -> str:
        return self.call.status

    def press(self, keys: str) -> None:
        """Press keys; nobody hears them unless a Gather listens."""
        with self._exchange.network.lock:
            if self.call.pressed is not None:
                self.call.pressed(keys)
        self._deliver()

    def hang_up(self) -> None:
        with self._exchange.network.lock:
            self._exchange.hang_up(self.call, by_caller=True)
        self._deliver()


class Incoming:
    """Makes inbound legs and asks the service what to do with them."""

    def __init__(
        self,
        exchange: Exchange,
        interpreter: Interpreter,
        texts: TextNetwork,
        deliver: Callable[[], None],
    ) -> None:
        self.exchange = exchange
        self.network = exchange.network
        self.interpreter = interpreter
        self.texts = texts
        self._deliver = deliver

    def browser_call(
        self, token: str, params: Mapping[str, str], *, talk: float = STAYS, at: float | None = None
    ) -> Leg:
        """`device.connect({params})`: the TwiML App is asked, with the params as fields."""
        assert not self.network.account.is_signalwire, "SignalWire's browsers are another thing"
        identity, application_sid = read_token(
            token, self.network.account, self.network.violated, at
        )
        application = self.network.account.applications[application_sid]
        form = {name: value for name, value in params.items() if name not in OWN_FIELDS}
        if len(form) < len(params):
            self.network.violated(
                f"a browser's parameters may not be called {set(params) - set(form)}"
            )
        directions = Directions(
            application.voice_url,
            application.voice_method,
            fallback_url=application.voice_fallback_url,
            form={**form, "ApplicationSid": application_sid},
        )
        return self._rings(
            f"client:{identity}",
            params.get("To", ""),
            FarEnd(talk=talk),
            directions,
            application.status_callback,
        )

    def phone_rings_us(self, from_: str, to: str, **phone: Any) -> Leg:
        """The number's voice address is asked."""
        hooks = self.network.account.numbers[to]
        url, method = self.network.account.asks_for_number(to)
        far_end = scripted(**{"talk": STAYS, **phone})
        directions = Directions(url, method, fallback_url=hooks.voice_fallback_url)
        if from_.startswith("+1"):
            directions.form = {"StirVerstat": "TN-Validation-Passed-A"}
        return self._rings(from_, to, far_end, directions, hooks.status_callback)

    def _rings(
        self, from_: str, to: str, phone: FarEnd, directions: Directions, callback: str
    ) -> Leg:
        network = self.network
        with network.lock:
            call = Call(
                network.new_sid("CA"),
                network.account.sid,
                to=to,
                from_=from_,
                direction="inbound",
                created_at=network.now(),
                phone=phone,
                directions=directions,
                callback=Callback(callback) if callback else None,
                status="ringing",
            )
            call.started_at = network.now()
            self.exchange.add(call)
            if directions.url:
                self.interpreter.run(call, directions)
            else:
                network.alert(11200, f"{to} has no address for calls")
                self.exchange.end(call, "failed", sip=404)
        self._deliver()
        return Leg(call, self.exchange, self._deliver)
