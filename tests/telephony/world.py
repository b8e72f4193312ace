"""A network, a service that takes its callbacks on a real socket, and a clock moved by hand."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from callassist.clock import ManualClock
from callassist.domain.dial import DialFacts, LegEvent, reduce_all
from callassist.errors import NotFound
from callassist.escalation.tokens import Question
from callassist.ports.own_networks import NoOwnNetworks
from callassist.ports.recording import Sound
from callassist.ports.telephony import BridgeRequest, PlaceCall, Step, Telephony
from callassist.telephony.simulated import Faults, SimulatedNetwork
from callassist.telephony.simulated.callbacks import SIGNATURE_HEADER, signature
from callassist.telephony.simulated.delivery import OwnEndpoint
from callassist.web.hooks_telephony import blueprint

PUBLIC_URL = "https://desk.example"
SECRET = "a secret for tests"
START = datetime(2026, 5, 1, 23, 0, tzinfo=UTC)
HUNG_UP_UNDER = timedelta(seconds=5)


Body = Mapping[str, str] | bytes | Iterator[bytes]


@dataclass
class Service:
    """What the hook view needs; keeps every event it was handed, by dial token."""

    clock: ManualClock
    public_url: str = PUBLIC_URL
    events: dict[str, list[LegEvent]] = field(default_factory=lambda: defaultdict(list))
    tokens: set[str] = field(default_factory=set)
    telephony: Telephony = field(init=False)
    rehearsal: Telephony = field(init=False)
    own_networks: NoOwnNetworks = field(default_factory=NoOwnNetworks)

    def provider_of(self, token: str) -> str | None:
        return None

    def next_step(
        self, question: Question, dial_token: str, request: BridgeRequest, now: datetime
    ) -> Step:
        raise NotFound("this service has one leg")

    def record_sound(self, dial_token: str, sound: Sound, now: datetime) -> None:
        raise NotFound("this service records nothing")

    def phone_rings(self, provider: str, request: BridgeRequest, now: datetime) -> Step:
        raise NotFound("nobody phones this service")

    def record_call_events(self, dial_token: str, events: list[LegEvent], now: datetime) -> None:
        if dial_token not in self.tokens:
            raise NotFound("no dial has this token")
        self.events[dial_token].extend(events)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a socket of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class World:
    """One evening: dial, let time pass, see what the service was told."""

    def __init__(self, folder: Path, faults: Faults, seed: int = 7) -> None:
        self.path = folder / "network.sqlite3"
        self.clock = ManualClock(START)
        self.service = Service(self.clock)
        self.faults = faults
        self.seed = seed
        self._dials = 0

    @contextmanager
    def running(self) -> Iterator[World]:
        app = Flask("service")
        app.register_blueprint(blueprint(self.service))
        with serving(app) as self.local_url:
            self.start_network()
            try:
                yield self
            finally:
                self.network.close()

    def start_network(self) -> None:
        """A new object on the same file, as after a restart."""
        self.network = SimulatedNetwork(
            self.path,
            self.clock,
            self.seed,
            post=OwnEndpoint(PUBLIC_URL, self.local_url),
            secret=SECRET,
            faults=self.faults,
        )
        self.service.telephony = self.service.rehearsal = self.network

    def restart_network(self) -> None:
        self.network.close()
        self.start_network()

    def request(self, to: str, *, attempt_id: str = "attempt-1") -> PlaceCall:
        self._dials += 1
        token = f"token-{self._dials}"
        self.service.tokens.add(token)
        return PlaceCall(
            attempt_id=attempt_id,
            to=to,
            caller_id=None,
            callback_url=f"{PUBLIC_URL}/hooks/telephony/simulated/{token}",
        )

    def dial(self, to: str) -> tuple[str, str]:
        """Place a call; its id and its dial token."""
        request = self.request(to)
        return self.network.place_call(request).call_id, token_of(request)

    def let_pass(self, *, seconds: int = 0, minutes: int = 0) -> None:
        """Time passes second by second, and the network delivers."""
        for _ in range(seconds + 60 * minutes):
            self.clock.advance(seconds=1)
            self.network.pump()

    def signed_post(self, token: str, **form: str) -> requests.Response:
        """What the network itself would send about a dial."""
        path = f"/hooks/telephony/simulated/{token}"
        signed = {SIGNATURE_HEADER: signature(SECRET, PUBLIC_URL + path, form)}
        return self.post(path, form, signed)

    def post(self, path: str, data: Body, headers: dict[str, str]) -> requests.Response:
        return requests.post(self.local_url + path, data, headers=headers, timeout=5)

    def told(self, token: str) -> list[LegEvent]:
        return self.service.events[token]

    def facts(self, token: str) -> DialFacts:
        """What the service makes of everything it was told about one dial."""
        return reduce_all(self.told(token), hung_up_under=HUNG_UP_UNDER)


def token_of(request: PlaceCall) -> str:
    return request.callback_url.rpartition("/")[2]
