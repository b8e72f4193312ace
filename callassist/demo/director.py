"""Posts what the sensors say, when they say it, until it is accepted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import requests
from standardwebhooks.webhooks import Webhook

from callassist.clock import Clock
from callassist.demo.inputs import Post
from callassist.demo.scene import Scene

TIMEOUT = (2.0, 10.0)
RETRY_SECONDS = 0.1


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

    def play(self, posts: Sequence[Post], calls_by_hand: Sequence[tuple[datetime, str]]) -> None:
        """Post everything at its time; returns when all is accepted or `stop` was called."""
        acts: list[tuple[datetime, Callable[[], None]]] = [
            (post.at, partial(self._post, post)) for post in posts
        ]
        acts += [(at, partial(self._call, home)) for at, home in calls_by_hand]
        for at, act in sorted(acts, key=lambda each: each[0]):
            if not self._wait_until(at):
                return
            act()

    def _wait_until(self, at: datetime) -> bool:
        while not self._stop.is_set():
            left = at - self._clock.now()
            seconds = self._clock.real_seconds(left)
            if seconds <= 0:
                return True
            self._stop.wait(min(seconds, 0.5))
        return False

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
            "Authorization": f"Bearer {self._scene.host_token}",
            "Idempotency-Key": f"demo-{home}",
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
                raise RuntimeError(f"{path} refused: {answer.status_code} {answer.text}")
            self.sent.retries += 1
            time.sleep(RETRY_SECONDS)


def _signed(secret: str, event_id: str, body: str) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, at, body),
    }
