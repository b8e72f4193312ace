"""10,000 forged and replayed callbacks over a socket against the service, in the middle of a call:
every one is refused, and no row of any table changes.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.prove.kill_night import Findings, tell
from tests.telephony.twilio.forging import Forger, Sent, database_hash, with_two_attempts
from tests.telephony.twilio.twilio_stage import TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server

FORGERIES = 10_000
LAYOUTS = ("twilio", "signalwire")
NIGHT = datetime(2026, 6, 13, 22, tzinfo=UTC)


def main(arguments: argparse.Namespace) -> bool:
    """Half of them in each layout."""
    found = Findings()
    for layout in LAYOUTS:
        with tempfile.TemporaryDirectory(prefix="callassist-prove-") as folder:
            _forge(found, layout, Path(folder), FORGERIES // len(LAYOUTS), arguments.seed)
    return tell("forged-callbacks", arguments.seed, found)


def _forge(found: Findings, layout: str, folder: Path, count: int, seed: int) -> None:
    clock = ManualClock(NIGHT)
    with twilio_server(layout=layout, clock=clock) as server:
        made = SqliteDatabases(folder).create(folder)
        world = TwilioWorld(made, folder, clock, server)
        try:
            night = with_two_attempts(TwilioStage(world, "own_phone").begin())
            forger = Forger(server, seed)
            before = database_hash(world.service.sessions)
            began = time.monotonic()
            with _listening(night.world.app) as port:
                answers = _answers(port, forger, count)
            took = time.monotonic() - began
            changed = database_hash(world.service.sessions) != before
        finally:
            world.close()
    wrong = [
        f"{status}: {n}" for status, n in answers.items() if status != http.HTTPStatus.FORBIDDEN
    ]
    found.check(f"{layout}: all refused", wrong)
    found.check(f"{layout}: nothing changed", ["a table"] if changed else [])
    found.figures[f"{layout}: answers"] = dict(answers)
    found.figures[f"{layout}: ms each"] = round(1000 * took / count, 1)


def _answers(port: int, forger: Forger, count: int) -> Counter[int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        return Counter(_answer(connection, forger.forge(number)) for number in range(count))
    finally:
        connection.close()


def _answer(connection: http.client.HTTPConnection, sent: Sent) -> int:
    headers = {**sent.headers, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", sent.path, urlencode(sent.form), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def _listening(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
