"""A server, a service that it asks, and the SDK between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from twilio.rest import Client

from tests.twilio_server import Leg, TwilioServer, twilio_server
from tests.twilio_server.calls import Call
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.sdk import sdk_client
from tests.twilio_server.service import PUBLIC_URL, Service

ALL = ["initiated", "ringing", "answered", "completed"]
GUEST = "+447700900123"
STATUS = PUBLIC_URL + "/status"


@dataclass
class Scene:
    """The three together; leaving asserts that nobody broke the contract."""

    server: TwilioServer
    service: Service
    client: Client

    def dial(self, to: str = GUEST, inside: str = "<Say>Hello</Say>", **options: object) -> Call:
        """Phone somebody who then hears these verbs; every event is reported to /status."""
        given = {
            "url": self.service.say("/document", inside),
            "status_callback": STATUS,
            "status_callback_event": ALL,
            **options,
        }
        given = {name: value for name, value in given.items() if value is not None}
        created = self.client.calls.create(to=to, from_=MAGIC_FROM, **given)
        return self.server.call(created.sid)

    def rings_us(self, inside: str, **phone: object) -> Leg:
        """Somebody phones us and hears these verbs."""
        own = self.server.account.numbers[MAGIC_FROM]
        own.voice_url = self.service.say("/voice", inside)
        return self.server.phone_rings_us(GUEST, MAGIC_FROM, **phone)

    def reported(self) -> list[str]:
        """The statuses that /status heard, in order."""
        return [form["CallStatus"] for form in self.service.forms("/status")]


Open = Callable[..., Scene]


@pytest.fixture
def open_scene() -> Iterator[Open]:
    """A scene of one's own making, closed (and looked at for violations) at the end."""
    running = []

    def opened(**options: object) -> Scene:
        manager = twilio_server(**options)  # type: ignore[arg-type]
        server = manager.__enter__()
        running.append(manager)
        service = Service()
        server.route(PUBLIC_URL, service)
        return Scene(server, service, sdk_client(server))

    yield opened
    for manager in running:
        manager.__exit__(None, None, None)


@pytest.fixture
def scene(open_scene: Open) -> Scene:
    return open_scene()


@pytest.fixture
def lenient(open_scene: Open) -> Scene:
    """Where a violation is what the test wants to see."""
    return open_scene(violations_expected=True)
