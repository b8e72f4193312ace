"""A service with two firms and a desk, driven through its API; time moves when told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callassist.accounts.tokens import issue_token
from callassist.bootstrap import build
from callassist.clock import ManualClock
from callassist.domain.viewer import Role
from callassist.settings import load_settings
from callassist.telephony.simulated import SimulatedNetwork
from callassist.web.app import create_app

PUBLIC_URL = "http://127.0.0.1:8000"
GUEST = "+12025550102"
GUEST_SILENT = "+12025550120"
HOST = "+12025550103"


class World:
    """The service, its application, and a client that speaks with tokens."""

    allow_loopback = False  # whether it may push to services on this machine

    def __init__(self, database_url: str, directory: Path, clock: ManualClock, **env: str) -> None:
        self.clock = clock
        settings = load_settings(
            {
                "CALLASSIST_DATA_DIR": str(directory / "data"),
                "CALLASSIST_DATABASE_URL": database_url,
                "CALLASSIST_PUBLIC_URL": PUBLIC_URL,
                **env,
            },
            dotenv=None,
        )
        network = None
        if "CALLASSIST_TELEPHONY" not in env:
            (directory / "data").mkdir(exist_ok=True)
            network = SimulatedNetwork(
                directory / "data" / "network.sqlite3",
                clock,
                7,
                post=self._callback,
                secret="a secret of the simulated network",
            )
        self.network = network
        self.service = build(
            settings, clock=clock, telephony=network, allow_loopback=self.allow_loopback
        )
        self.service.start_web()
        self.app = create_app(self.service)
        self.client: FlaskClient = self.app.test_client()
        with self.service.sessions.write() as session:
            self.admin = issue_token(session, Role.ADMIN, now=datetime.now(UTC))

    def close(self) -> None:
        """Let go of threads and files."""
        self.service.stop()

    # -- speaking

    def ask(
        self, method: str, path: str, token: str | None, body: Any = None, **headers: str
    ) -> TestResponse:
        """One request to the API."""
        sent: dict[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str, token: str) -> Any:
        """The JSON of a GET that works."""
        answer = self.ask("GET", path, token)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def post(self, path: str, token: str, body: Any = None, status: int | None = None) -> Any:
        """The JSON of a POST that works."""
        answer = self.ask("POST", path, token, body if body is not None else {})
        expected = (200, 201, 204) if status is None else (status,)
        assert answer.status_code in expected, answer.get_data(as_text=True)
        return answer.json if answer.data else None

    def _callback(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> str:
        path = urlsplit(url).path
        answer = self.app.test_client().post(path, data=dict(form), headers=dict(headers))
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    # -- time

    def run(self) -> None:
        """Everything that is due now, until nothing is."""
        while True:
            done = self.service.timers.run_due() + self.service.outbox.run_due()
            if self.network is not None:
                done += self.network.pump()
            if not done:
                return

    def pass_time(self, *, step: timedelta = timedelta(seconds=15), **span: float) -> None:
        """Let time pass in small steps."""
        end = self.clock.now() + timedelta(**span)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + step))
            self.run()
