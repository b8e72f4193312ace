"""SignalWire's layout, clocks of several kinds, and what the server is made of."""

from __future__ import annotations

import ast
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioException

from tests.twilio_server import twilio_server
from tests.twilio_server.conftest import GUEST, Open, Scene
from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.sdk import sdk_client
from tests.twilio_server.service import PUBLIC_URL, Service

HERE = Path(__file__).parent
MAY_BE_IMPORTED = {
    "tests",
    "flask",
    "jwt",
    "openapi_core",
    "openapi_spec_validator",
    "phonenumbers",
    "pytest",
    "requests",
    "twilio",
    "werkzeug",
}


@pytest.fixture
def signalwire(open_scene: Open) -> Scene:
    return open_scene(layout="signalwire")


def test_signalwire_has_a_prefix_and_other_ids(signalwire: Scene) -> None:
    assert signalwire.server.base_url.endswith("/api/laml")
    call = signalwire.dial()
    assert len(call.sid) == 36
    signalwire.server.advance(minutes=2)
    assert signalwire.client.calls(call.sid).fetch().status == "completed"
    signalwire.client.messages.create(to=GUEST, from_=MAGIC_FROM, body="Hello")
    assert len(signalwire.client.messages.list()) == 1


def test_signalwires_next_page_has_the_prefix_twice(open_scene: Open) -> None:
    scene = open_scene(layout="signalwire", violations_expected=True)
    for _ in range(3):
        scene.dial()
    with pytest.raises(TwilioException, match="404"):
        scene.client.calls.list(page_size=2)
    assert "/api/laml/api/laml/" in scene.server.requests[-1].path


def test_signalwire_has_no_client_noun_and_no_lookup(open_scene: Open) -> None:
    scene = open_scene(layout="signalwire", violations_expected=True)
    scene.dial(inside="<Dial><Client>op_7</Client></Dial>")
    scene.server.advance(minutes=1)
    assert scene.server.violations == ["SignalWire has no <Client>"]
    with pytest.raises(TwilioException, match="404"):
        scene.client.lookups.v2.phone_numbers(GUEST).fetch()


class TheServicesClock:
    """A clock that the service moves, not the network."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 8, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


def test_a_clock_that_somebody_else_moves_is_followed(open_scene: Open) -> None:
    clock = TheServicesClock()
    scene = open_scene(clock=clock)
    call = scene.dial()
    clock.instant += timedelta(minutes=2)
    assert call.status == "queued"
    scene.server.deliver()
    assert call.status == "completed"
    assert call.started_at == datetime(2026, 8, 1, tzinfo=UTC)
    assert call.answered_at == datetime(2026, 8, 1, tzinfo=UTC) + timedelta(seconds=7)


def test_a_callback_that_calls_the_api_does_not_lock_up(scene: Scene) -> None:
    def hangs_up(environ, start_response):
        (call,) = scene.server.calls
        if call.status == "in-progress":
            scene.client.calls(call.sid).update(status="completed")
        return scene.service(environ, start_response)

    scene.server.route(PUBLIC_URL, hangs_up)
    call = scene.dial(inside="<Pause length='600'/>")
    scene.server.advance(minutes=1)
    assert (call.status, call.duration) == ("completed", 0)


def test_in_real_time_the_network_runs_by_itself() -> None:
    service = Service()
    with twilio_server(real_time=True, speed=200) as server:
        server.route(PUBLIC_URL, service)
        server.far_end(GUEST, ring=4, talk=20)
        url = service.say("/document", "<Pause length='600'/>")
        created = sdk_client(server).calls.create(to=GUEST, from_=MAGIC_FROM, url=url)
        call = server.call(created.sid)
        deadline = time.monotonic() + 60
        while call.price is None and time.monotonic() < deadline:
            time.sleep(0.01)
    assert (call.status, len(service.forms("/document"))) == ("completed", 1)
    assert call.duration == 20


def test_the_server_shares_nothing_with_what_it_tests() -> None:
    imported = {
        name.split(".")[0]
        for path in HERE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
    }
    theirs = {name for name in imported if name not in sys.stdlib_module_names}
    assert theirs <= MAY_BE_IMPORTED
    assert "callassist" not in imported


def test_of_the_sdk_only_the_signer_is_used_by_the_server_itself() -> None:
    users = {
        path.name: sorted(name for name in found if name.startswith("twilio."))
        for path in HERE.glob("*.py")
        if not path.name.startswith(("test_", "conftest", "sdk"))
        for found in [
            {
                name
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                for name in _names(node)
            }
        ]
    }
    assert {name: used for name, used in users.items() if used} == {
        "webhooks.py": ["twilio.request_validator"]
    }


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
