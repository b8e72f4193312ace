"""Webhooks over real sockets, as they reach a service that is a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from tests.twilio_server.conftest import GUEST, Scene
from tests.twilio_server.service import PUBLIC_URL, Service

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def listening() -> Iterator[tuple[Service, str]]:
    """The service on a socket, and its address."""
    service = Service()
    server = make_server("127.0.0.1", 0, service, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_call_over_sockets_both_ways(scene: Scene, listening: tuple[Service, str]) -> None:
    scene.service, local = listening
    scene.server.route(PUBLIC_URL, local)
    call = scene.dial(status_callback=PUBLIC_URL + "/status?a=1#rc=2")
    scene.server.advance(minutes=2)
    assert call.status == "completed"
    assert scene.reported() == ["initiated", "ringing", "in-progress", "completed"]
    told = next(one for one in scene.service.asked if one.path == "/status")
    assert told.url == f"{local}/status?a=1"
    signed = scene.server.sign(PUBLIC_URL + "/status?a=1", told.form)
    assert told.headers["X-Twilio-Signature"] == signed["X-Twilio-Signature"]


def test_a_service_that_is_down_is_tried_twice(scene: Scene) -> None:
    scene.server.route(PUBLIC_URL, "http://127.0.0.1:9")
    call = scene.dial(status_callback_event=["initiated"])
    scene.server.advance(minutes=1)
    assert [sent.tries for sent in scene.server.webhooks] == [2, 2]
    assert {sent.answer.error for sent in scene.server.webhooks} == {"ct"}
    assert (call.status, call.duration) == ("completed", 0)


def test_the_server_as_a_process_tells_at_its_end_what_happened() -> None:
    command = [sys.executable, "-m", "tests.twilio_server", "--speed", "1000"]
    command += ["--public", PUBLIC_URL, "--local", "http://127.0.0.1:9"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            answers = [_create(ready, url) for url in (PUBLIC_URL + "/document", "banana")]
        finally:
            process.send_signal(signal.SIGTERM)
        happened = json.loads(process.stdout.readline())
    assert (answers, process.returncode) == ([201, 400], 1)
    assert [call["to"] for call in happened["calls"]] == [GUEST]
    assert len(happened["violations"]) == 1


def _create(ready: dict[str, str], url: str) -> int:
    """Place a call at the process; the status of its answer."""
    account = ready["account_sid"]
    address = f"{ready['base_url']}/2010-04-01/Accounts/{account}/Calls.json"
    form = {"To": GUEST, "From": ready["number"], "Url": url}
    return requests.post(address, form, auth=(account, ready["auth_token"]), timeout=30).status_code
