"""Faults on demand: what may happen to callbacks on their way, and to requests to the API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from random import Random

from tests.twilio_server.webhooks import Webhook

REST_FAULTS = {
    "request_lost",  # the connection breaks before anything is done
    "reply_lost",  # it is done, and the connection breaks
    "error",  # 5xx, nothing was done
    "error_after",  # 5xx from a proxy, though it was done
    "html",  # a proxy's page, nothing was done
    "slow",  # answered after `seconds` of real time
    "too_many",  # 429, with Retry-After where `retry_after` says so
    "refuse",  # an error of Twilio's with this `code`
}
# what the service must be able to miss; a lost request for a document ends a call
CALLBACKS = ("status", "amd", "recording", "message")


@dataclass
class WebhookFaults:
    """Shares of all callbacks (0 to 1): lost, doubled, late, and forged copies of them."""

    lose: float = 0
    double: float = 0
    late: float = 0
    late_by: tuple[float, float] = (20, 90)  # seconds
    forge: float = 0
    shuffle_within: float = 0  # seconds; every callback waits for a random while
    lose_documents: float = 0
    seed: int = 7
    random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def fates(self, webhook: Webhook) -> list[tuple[float, Webhook]]:
        """What becomes of one request: how long each copy waits, in seconds, and the copy."""
        if webhook.kind not in CALLBACKS:
            lost = self._hits(self.lose_documents)
            return [(0.0, replace(webhook, fault="lost") if lost else webhook)]
        if self._hits(self.lose):
            return [(0.0, replace(webhook, fault="lost"))]
        copies = [(self._wait(), webhook)]
        if self._hits(self.double):
            copies.append((self._wait() + 1, replace(webhook, fault="doubled")))
        if self._hits(self.forge):
            copies.insert(0, (0.0, _forged(webhook)))
        return copies

    def _wait(self) -> float:
        late = self.random.uniform(*self.late_by) if self._hits(self.late) else 0.0
        return late + (self.random.uniform(0, self.shuffle_within) if self.shuffle_within else 0.0)

    def _hits(self, share: float) -> bool:
        return share > 0 and self.random.random() < share


def _forged(webhook: Webhook) -> Webhook:
    """Somebody else's lie about the same call: it says that it was answered and is over."""
    form = {**webhook.form}
    for name in ("CallStatus", "MessageStatus"):
        if name in form:
            form[name] = "completed" if name == "CallStatus" else "delivered"
    return replace(webhook, form=form, fault="forged")


@dataclass
class RestFault:
    """One thing that goes wrong: at the next `times` matching requests, or at a share of them."""

    kind: str
    matching: re.Pattern[str]
    times: int | None = 1
    share: float = 1.0
    status: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    code: int = 20500


@dataclass
class RestFaults:
    """What goes wrong at the API; asked once for each request."""

    seed: int = 7
    plans: list[RestFault] = field(default_factory=list)
    hit: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def next(self, kind: str, *, matching: str = "", times: int = 1, **details: float) -> None:
        """The next `times` requests whose `POST /path` matches go wrong."""
        self._add(kind, matching, times=times, **details)

    def share(self, kind: str, share: float, *, matching: str = "", **details: float) -> None:
        """From now on this share of the matching requests goes wrong."""
        self._add(kind, matching, times=None, share=share, **details)

    def clear(self) -> None:
        self.plans.clear()

    def for_request(self, line: str) -> RestFault | None:
        """What goes wrong with this request, if anything."""
        for plan in self.plans:
            if not plan.matching.search(line) or self.random.random() >= plan.share:
                continue
            if plan.times is not None:
                plan.times -= 1
                if plan.times <= 0:
                    self.plans.remove(plan)
            self.hit += 1
            return plan
        return None

    def _add(self, kind: str, matching: str, **details: object) -> None:
        assert kind in REST_FAULTS, kind
        self.plans.append(RestFault(kind, re.compile(matching), **details))  # type: ignore[arg-type]
