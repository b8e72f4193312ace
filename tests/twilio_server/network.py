"""What all parts of the network share: the account, the time, the post, and what went wrong."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.twilio_server.account import Account
from tests.twilio_server.far_ends import FarEnd, written
from tests.twilio_server.faults import WebhookFaults
from tests.twilio_server.shapes import new_sid
from tests.twilio_server.timeline import Clock, Timeline
from tests.twilio_server.webhooks import Answer, Post, Webhook

MOST_EVENTS = 100_000  # at one instant: two documents that redirect to each other


class Network:
    """Everything that changes does so under `lock`; nothing is sent while it is held."""

    def __init__(self, account: Account, clock: Clock, *, runs: bool = False) -> None:
        self.account = account
        self.runs = runs  # by itself, in real time
        self.lock = threading.RLock()
        self.timeline = Timeline(clock, self.lock)
        self.post = Post(account, self.violated)
        self.webhook_faults = WebhookFaults()
        self.phones: dict[str, FarEnd] = {}
        self.violations: list[str] = []
        self.alerts: list[tuple[int, str]] = []
        self.webhooks: list[Webhook] = []
        self._outbox: deque[Webhook] = deque()

    def violated(self, what: str) -> None:
        """Note a breach of Twilio's contract; every test ends by asserting that there is none."""
        self.violations.append(what)

    def alert(self, code: int, what: str) -> None:
        """What Twilio's debugger would show."""
        self.alerts.append((code, what))

    def new_sid(self, prefix: str) -> str:
        return new_sid(prefix, as_uuid=self.account.is_signalwire)

    def phone(self, number: str) -> FarEnd:
        """Who picks up there."""
        return self.phones.get(number) or written(number)

    def now(self) -> datetime:
        return self.timeline.now()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        self.timeline.after(seconds, do)

    def notify(self, webhook: Webhook) -> None:
        """Send soon, or lose, double, delay or forge, as the faults want it."""
        for wait, copy in self.webhook_faults.fates(webhook):
            if wait > 0:
                copy = replace(copy, fault=copy.fault or "late")
                self.after(wait, lambda late=copy: self._put_out(late))  # type: ignore[misc]
            else:
                self._put_out(copy)

    def _put_out(self, webhook: Webhook) -> None:
        webhook.at = self.now()
        self._outbox.append(webhook)
        self.timeline.changed.notify_all()

    def take_out(self) -> Webhook | None:
        """The next request to be sent."""
        with self.lock:
            return self._outbox.popleft() if self._outbox else None

    def deliver(self, webhook: Webhook) -> None:
        """Send one request and act on the answer; by hand that takes no time at all."""
        if webhook.fault == "lost":
            webhook.answer = Answer(error="ct")
        else:
            self.post.send(webhook)
        with self.lock:
            self.webhooks.append(webhook)
            if not webhook.answer.is_ok and webhook.fault not in ("forged", "lost"):
                shown = webhook.answer.status or webhook.answer.error
                self.alert(11200, f"{webhook.kind} {webhook.url}: {shown}")
            if webhook.on_answer is not None and webhook.fault != "doubled":
                at = self.now() if self.runs or webhook.at is None else webhook.at
                self.timeline.play_at(at, lambda: _act(webhook))

    def play(self, seconds: float) -> None:
        """Let time pass by hand, event by event, delivering everything on the way."""
        with self.lock:
            target = self.timeline.clock.now() + timedelta(seconds=seconds)
        for _ in range(MOST_EVENTS):
            if (webhook := self.take_out()) is not None:
                self.deliver(webhook)
                continue
            with self.lock:
                self._move_clock(target)
                played = self.timeline.play_next(target)
                if played is None and not self._outbox:
                    break
        else:
            raise AssertionError("the network does not come to rest")
        with self.lock:
            self._move_clock(target, to_the_end=True)

    def _move_clock(self, target: datetime, *, to_the_end: bool = False) -> None:
        """Bring a clock that can be moved to the next event, or to the end of the way."""
        due = target if to_the_end else self.timeline.next_due()
        clock = self.timeline.clock
        if due is None or due > target or due <= clock.now() or not hasattr(clock, "advance"):
            return
        clock.advance(seconds=(due - clock.now()).total_seconds())


def _act(webhook: Webhook) -> None:
    assert webhook.on_answer is not None
    webhook.on_answer(webhook.answer)
