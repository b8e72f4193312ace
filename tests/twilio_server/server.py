"""The server that a test holds in its hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.twilio_server.account import Account
from tests.twilio_server.api import Api, Asked
from tests.twilio_server.calls import Call
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.far_ends import Behaviour, scripted
from tests.twilio_server.faults import RestFaults, WebhookFaults
from tests.twilio_server.incoming import Incoming, Leg
from tests.twilio_server.interpreter import Interpreter
from tests.twilio_server.messages import Message, TextNetwork
from tests.twilio_server.network import Network
from tests.twilio_server.running import Runner
from tests.twilio_server.timeline import Clock, HandClock, RunningClock
from tests.twilio_server.webhooks import Answer, Webhook

A_DAY = 86400


class TwilioServer:
    """Twilio as far as we use it, with every string in the test's hand."""

    def __init__(self, account: Account, clock: Clock, *, runs: bool) -> None:
        self.account = account
        self.network = Network(account, clock, runs=runs)
        self.exchange = Exchange(self.network)
        self.interpreter = Interpreter(self.exchange)
        self.texts = TextNetwork(self.network)
        self.rest_faults = RestFaults()
        self.api = Api(self.exchange, self.texts, self.interpreter, self.rest_faults)
        self.incoming = Incoming(self.exchange, self.interpreter, self.texts, self.deliver)
        self.base_url = ""
        self._runs = runs

    # what happened

    @property
    def violations(self) -> list[str]:
        """Every breach of the contract, by the service or by this server; must stay empty."""
        return self.network.violations

    @property
    def alerts(self) -> list[tuple[int, str]]:
        """What Twilio's debugger would show: code and subject."""
        return self.network.alerts

    @property
    def calls(self) -> list[Call]:
        """Every leg, in the order in which they were made."""
        return self.exchange.calls

    @property
    def messages(self) -> list[Message]:
        return self.texts.messages

    @property
    def webhooks(self) -> list[Webhook]:
        """Every request to the service, with the answer; lost ones too (`fault`)."""
        return self.network.webhooks

    @property
    def requests(self) -> list[Asked]:
        """Every request to the API."""
        return self.api.requests

    @property
    def lookups(self) -> list[tuple[str, str]]:
        """Number and packages of every Lookup."""
        return self.api.lookups.asked

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """SID of the leg, and what was said on it."""
        return self.interpreter.spoken

    def call(self, sid: str) -> Call:
        return self.exchange.by_sid[sid]

    def children_of(self, sid: str) -> list[Call]:
        """The legs that a leg dialled."""
        return [one for one in self.calls if one.parent is not None and one.parent.sid == sid]

    def assert_clean(self) -> None:
        """Nobody broke the contract."""
        assert not self.violations, "\n".join(["violations:", *self.violations])

    # time

    def now(self) -> datetime:
        return self.network.now()

    def advance(self, *, seconds: float = 0, minutes: float = 0) -> None:
        """Let time pass, playing every event on the way and delivering every webhook."""
        assert not self._runs, "this server runs by itself"
        self.network.play(seconds + 60 * minutes)

    def deliver(self) -> None:
        """Play and deliver what is due already; for tests that move the clock themselves."""
        if not self._runs:
            self.network.play(0)

    def play_out(self) -> None:
        """Let time pass until nobody talks any more and nothing is under way."""
        for _ in range(A_DAY):
            if self.network.timeline.next_due() is None:
                break
            due = self.network.timeline.next_due()
            assert due is not None
            self.advance(seconds=max((due - self.network.timeline.clock.now()).total_seconds(), 0))

    # strings in the test's hand

    def route(self, public_url: str, target: Any) -> None:
        """Where a public address listens here: a local base URL, or a WSGI app."""
        self.network.post.routes[public_url.rstrip("/")] = target

    @property
    def webhook_headers(self) -> dict[str, str]:
        """Sent along with every webhook, as a proxy would."""
        return self.network.post.extra_headers

    def far_end(
        self,
        number: str,
        behaviour: Behaviour | str = Behaviour.ANSWERS,
        *,
        presses: str | Sequence[str] = (),
        **details: Any,
    ) -> None:
        """Script a phone (`client:<identity>` for a browser); see `far_ends.FarEnd`."""
        self.network.phones[number] = scripted(behaviour, presses=presses, **details)

    def webhook_faults(self, **faults: Any) -> WebhookFaults:
        """From now on callbacks get lost, doubled and so on; see `faults.WebhookFaults`."""
        self.network.webhook_faults = WebhookFaults(**faults)
        return self.network.webhook_faults

    def refuse_next(self, code: int, *, matching: str = "POST .*Calls", times: int = 1) -> None:
        """The next matching request gets this error of Twilio's."""
        self.rest_faults.next("refuse", matching=matching, times=times, code=code)

    def resend(self, webhook: Webhook) -> Answer:
        """The same request once more, signed as before: a replay."""
        again = Webhook(webhook.kind, webhook.url, dict(webhook.form), webhook.about)
        again.method, again.token, again.fault = webhook.method, webhook.token, "doubled"
        self.network.deliver(again)
        return again.answer

    def sign(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """The headers of a genuine webhook to this address with this form."""
        return self.network.post.signed(url, dict(form))

    def send(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str], method: str = "POST"
    ) -> Answer:
        """Anything at all, as somebody else might send it: nothing is signed or noted."""
        return self.network.post.exchange(method, url, dict(form), dict(headers))

    # people who phone or write to us

    def browser_call(self, token: str, params: Mapping[str, str] | None = None, **how: Any) -> Leg:
        """An operator's browser calls; refuses a bad token with `TokenRefused`."""
        return self.incoming.browser_call(token, params or {}, **how)

    def phone_rings_us(self, from_: str, to: str, **phone: Any) -> Leg:
        """Somebody phones one of our numbers; `phone` as in `far_end`."""
        return self.incoming.phone_rings_us(from_, to, **phone)

    def text_us(self, from_: str, to: str, body: str) -> Message:
        """Somebody texts one of our numbers."""
        with self.network.lock:
            message = self.texts.receive(from_, to, body)
        self.deliver()
        return message


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def twilio_server(
    *,
    layout: str = "twilio",
    account: Account | None = None,
    clock: Clock | None = None,
    real_time: bool = False,
    speed: float = 1.0,
    port: int = 0,
    violations_expected: bool = False,
) -> Iterator[TwilioServer]:
    """A server on a socket of this machine; at the end nobody may have broken the contract.

    `layout` is `twilio` or `signalwire`. Time stands still unless `real_time`, which runs
    `speed` times as fast as the wall's (give a clock of yours and its speed to follow that one).
    """
    chosen = clock or (RunningClock(speed) if real_time else HandClock())
    server = TwilioServer(account or Account(layout=layout), chosen, runs=real_time)
    listening = make_server("127.0.0.1", port, server.api, threaded=True, request_handler=_Silent)
    server.base_url = f"http://127.0.0.1:{listening.server_port}{server.api.prefix}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    runner = Runner(server.network, speed) if real_time else None
    thread.start()
    if runner is not None:
        runner.start()
    try:
        yield server
    finally:
        if runner is not None:
            runner.stop()
        listening.shutdown()
        thread.join()
        listening.server_close()
        server.network.post.close()
    if not violations_expected:
        server.assert_clean()
