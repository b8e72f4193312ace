"""Posts what the sensors say, when they say it, until it is accepted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests
from standardwebhooks.webhooks import Webhook

from callassist.clock import Clock
from callassist.demo.inputs import Post, Said, posts
from callassist.demo.scene import Scene
from callassist.errors import PermanentError

TIMEOUT = (2.0, 10.0)
RETRY_SECONDS = 0.1
LOOK_SECONDS = 0.1  # the clock may run faster from one moment to the next


@dataclass
class Sent:
    """What was accepted with a 2xx: for whoever checks that nothing was lost."""

    event_ids: list[str] = field(default_factory=list)
    retries: int = 0


class Director:
    """Plays the inputs of the night on the service's clock, from a thread per kind of work."""

    def __init__(self, url: str, clock: Clock, scene: Scene) -> None:
        self._url = url
        self._clock = clock
        self._scene = scene
        self._stop = threading.Event()
        self._http = requests.Session()
        self.sent = Sent()

    def stop(self) -> None:
        """Give up waiting and posting."""
        self._stop.set()

    def play(self, sayings: Sequence[Said], calls_by_hand: Sequence[tuple[datetime, str]]) -> None:
        """Post everything at its time; returns when all is accepted or `stop` was called.

        What became due while an answer was awaited goes out together, as a gateway catches up.
        """
        said, calls = list(sayings), sorted(calls_by_hand)
        while (said or calls) and not self._stop.is_set():
            self._wait_until(min(each for each in (_first(said), _first_call(calls)) if each))
            now = self._clock.now()
            for post in posts([each for each in said if each.at <= now]):
                self._post(post)
            said = [each for each in said if each.at > now]
            for at, home in [each for each in calls if each[0] <= now]:
                self._call(home)
                calls.remove((at, home))

    def _wait_until(self, at: datetime) -> None:
        while not self._stop.is_set():
            seconds = self._clock.real_seconds(at - self._clock.now())
            if seconds <= 0:
                return
            self._stop.wait(min(seconds, LOOK_SECONDS))

    def _post(self, post: Post) -> None:
        connection = self._scene.connections[post.adapter]
        body = json.dumps(post.body)
        headers = {"Content-Type": "application/json"}
        if connection.secret is not None:
            headers |= _signed(connection.secret, post.event_ids[0], body)
        self._until_accepted(connection.path, body, headers)
        self.sent.event_ids += post.event_ids

    def _call(self, home: str) -> None:
        body = json.dumps({"property": self._scene.homes[home], "complaint": "A neighbour rang."})
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._scene.tokens[home]}",
            "Idempotency-Key": f"demo-{self._scene.homes[home]}",
        }
        self._until_accepted("/api/v1/incidents", body, headers)

    def _until_accepted(self, path: str, body: str, headers: dict[str, str]) -> None:
        while not self._stop.is_set():
            try:
                answer = self._http.post(
                    self._url + path, data=body.encode(), headers=headers, timeout=TIMEOUT
                )
            except requests.RequestException:
                self.sent.retries += 1
                time.sleep(RETRY_SECONDS)
                continue
            if answer.ok:
                return
            if answer.status_code < 500 and answer.status_code not in (409, 429):
                raise PermanentError(f"{path} refused: {answer.status_code} {answer.text}")
            self.sent.retries += 1
            time.sleep(RETRY_SECONDS)


def _first(said: Sequence[Said]) -> datetime | None:
    return said[0].at if said else None


def _first_call(calls: Sequence[tuple[datetime, str]]) -> datetime | None:
    return calls[0][0] if calls else None


def _signed(secret: str, event_id: str, body: str) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, at, body),
    }
