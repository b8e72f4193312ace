"""Robot operators: clients of the API that take every offer, dial, and save what happened."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import requests
import structlog

from callassist.clock import Clock
from callassist.demo.cast import Robot
from callassist.demo.pace import STILL
from callassist.demo.taking_over import HOST, Watch

_log = structlog.get_logger()
LOOK_SECONDS = 0.03  # real time between two looks while something may be on offer
IDLE_SECONDS = 0.25
TIMEOUT = (2.0, 10.0)
BEAT_SECONDS = 1.0
HOST_LOOKS_EVERY = timedelta(minutes=3)
_HOST_WORDS = {"answered": "host_reached", "invalid_number": "invalid_number"}


@dataclass
class _Refused(Exception):
    """The API said no; the next look starts from what is true then."""

    status: int
    detail: str


class _ApiClient:
    """A robot in a thread of its own; knows only what the API shows."""

    def __init__(self, url: str, token: str, name: str, clock: Clock, watch: Watch) -> None:
        self._url = f"{url}/api/v1"
        self._name, self._clock, self._watch = name, clock, watch
        self._stop = threading.Event()
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._thread = threading.Thread(target=self._run, name=f"robot-{name}", daemon=True)

    def start(self) -> None:
        """Come to work."""
        self._thread.start()

    def stop(self) -> None:
        """Go home."""
        self._stop.set()
        self._thread.join(timeout=15)

    def _run(self) -> None:
        while not self._stop.is_set():
            if self._watch.has_stepped_back(self._name):
                self._stop.wait(IDLE_SECONDS)
                continue
            try:
                if self._clock.speed <= STILL:
                    self._stand_by()
                else:
                    self._work()
            except (_Refused, requests.RequestException) as trouble:
                _log.debug("robot waits", action="robot_waits", reason=str(trouble))
                self._stop.wait(0.05)

    def _work(self) -> None:
        raise NotImplementedError

    def _stand_by(self) -> None:
        """The night is paused: so is a robot, but it stays at its place."""
        self._stop.wait(IDLE_SECONDS)

    def _get(self, path: str) -> dict[str, Any]:
        return _answer(self._http.get(f"{self._url}/{path}", timeout=TIMEOUT))

    def _post(self, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        url = f"{self._url}/{path}"
        return _answer(self._http.post(url, json=body or {}, headers=headers, timeout=TIMEOUT))


class RobotHost(_ApiClient):
    """A host who sees to whatever needs them, a few minutes after it came up."""

    def __init__(self, url: str, token: str, clock: Clock, watch: Watch) -> None:
        super().__init__(url, token, HOST, clock, watch)

    def _work(self) -> None:
        for alarm in self._get("needs-you")["items"]:
            if alarm["acknowledged_at"] is None:
                self._post(f"needs-you/{alarm['id']}/acknowledge")
        self._stop.wait(min(5.0, self._clock.real_seconds(HOST_LOOKS_EVERY)))


class RobotOperator(_ApiClient):
    """One operator at the desk."""

    def __init__(self, url: str, token: str, robot: Robot, clock: Clock, watch: Watch) -> None:
        super().__init__(url, token, robot.name, clock, watch)
        self._beaten = 0.0
        self._dialled: set[str] = set()

    def _work(self) -> None:
        self._stay_available()
        task = self._my_task()
        if task is None:
            self._wait_a_little()
        elif task["state"] == "offered":
            self._post(f"call-tasks/{task['id']}/accept")
        elif task["state"] == "assigned" and task["id"] not in self._dialled:
            self._dial(task["id"])
        elif task["state"] == "wrapping_up":
            self._save(task["id"])
        else:
            self._wait_a_little()

    def _stand_by(self) -> None:
        self._stay_available()
        super()._stand_by()

    def _wait_a_little(self) -> None:
        self._stop.wait(LOOK_SECONDS if self._clock.speed > 200 else IDLE_SECONDS)

    def _stay_available(self) -> None:
        """Send a heartbeat now and then; it also ends a break after missed offers."""
        now = time.monotonic()
        if now - self._beaten > BEAT_SECONDS:
            self._post("presence", {"state": "available"})
            self._beaten = now

    def _dial(self, task_id: str) -> None:
        try:
            dialled = self._post(f"call-tasks/{task_id}/dial")["answer"] == "dialling"
        except _Refused as refused:
            # a request whose answer was lost has dialled; it is never asked for twice
            dialled = refused.status == HTTPStatus.CONFLICT
            if not dialled:
                raise
        if dialled:
            self._dialled.add(task_id)

    def _save(self, task_id: str) -> None:
        card = self._get(f"call-tasks/{task_id}")
        if card["phones_us"]:
            self._wait_a_little()
            return
        dials = [each for each in card["attempts"] if each["state"] == "ended"]
        result = result_for(card["party"], dials[-1]["outcome"])
        self._post(f"call-tasks/{task_id}/wrap-up", {"result": result})

    def _my_task(self) -> dict[str, Any] | None:
        tasks: list[dict[str, Any]] = self._get("call-tasks")["items"]
        return next((task for task in tasks if task["mine"]), None)


def _answer(answer: requests.Response) -> dict[str, Any]:
    if not answer.ok:
        raise _Refused(answer.status_code, answer.text[:200])
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


def result_for(party: str, outcome: str | None) -> str:
    """What a robot saves: whoever answers the phone agrees; else what the network says."""
    if party == "host":
        return _HOST_WORDS.get(outcome or "", "host_not_reached")
    return "guest_agreed" if outcome == "answered" else outcome or "no_conversation"
