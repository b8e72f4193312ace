"""Callbacks that somebody else sends: made of genuine ones, each with something wrong with it."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from callassist.models import Base
from callassist.storage.sessions import Sessions
from tests.telephony.twilio.twilio_stage import PUBLIC_URL, TwilioStage
from tests.twilio_server import TwilioServer

HEADERS = {"twilio": "X-Twilio-Signature", "signalwire": "X-SignalWire-Signature"}
GAMES = ("X-Forwarded-Host", "Host", "X-Original-Host", "Forwarded", "X-Host")


@dataclass(frozen=True)
class Sent:
    """One request to an address of ours."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]


class Forger:
    """Has seen every genuine request, knows every address, and lacks the secret.

    Where it has a signature that is right, it is one for something else.
    """

    def __init__(self, server: TwilioServer, seed: int) -> None:
        self._server = server
        self._dice = random.Random(seed)
        self._header = HEADERS[server.account.layout]
        self.genuine = [
            Sent(_path(one.url), dict(one.form), dict(one.headers))
            for one in server.webhooks
            if one.answer.is_ok
        ]
        self._paths = sorted({one.path for one in self.genuine})
        self._kinds: list[Callable[[Sent], Sent]] = [
            self._wrong_signature,
            self._of_another_address,
            self._sent_elsewhere,
            self._of_another_form,
            self._with_a_field_more,
            self._missing_header,
            self._http_for_https,
            self._another_host,
            self._another_secret,
        ]

    def forge(self, number: int) -> Sent:
        """The kinds in turn, each of a genuine request drawn by lot."""
        return self._kinds[number % len(self._kinds)](self._dice.choice(self.genuine))

    def _signed(self, sent: Sent, url: str, **headers: str) -> Sent:
        """With a signature that is right for that address."""
        signed = self._server.sign(url, sent.form)
        return replace(sent, headers={**_bare(sent, self._header), **signed, **headers})

    def _elsewhere(self, path: str) -> str:
        return self._dice.choice([one for one in self._paths if one != path])

    def _wrong_signature(self, sent: Sent) -> Sent:
        made_up = base64.b64encode(self._dice.randbytes(20)).decode()
        return replace(sent, headers={**_bare(sent, self._header), self._header: made_up})

    def _of_another_address(self, sent: Sent) -> Sent:
        """Signed for another leg, question or attempt."""
        return self._signed(sent, PUBLIC_URL + self._elsewhere(sent.path))

    def _sent_elsewhere(self, sent: Sent) -> Sent:
        """A genuine request, replayed at another attempt, leg or question."""
        return replace(sent, path=self._elsewhere(sent.path))

    def _of_another_form(self, sent: Sent) -> Sent:
        lie = {"CallStatus": "completed", "CallDuration": str(self._dice.randrange(2, 10**6))}
        return replace(sent, form=sent.form | lie)

    def _with_a_field_more(self, sent: Sent) -> Sent:
        return replace(sent, form=sent.form | {f"Added{self._dice.randrange(10**6)}": "1"})

    def _missing_header(self, sent: Sent) -> Sent:
        empty = self._dice.choice([{}, {self._header: ""}, {f"{self._header}-Old": "x"}])
        return replace(sent, headers={**_bare(sent, self._header), **empty})

    def _http_for_https(self, sent: Sent) -> Sent:
        port = self._dice.choice(["", ":80", ":443", ":8000"])
        url = f"http://{PUBLIC_URL.removeprefix('https://')}{port}{sent.path}"
        return self._signed(sent, url, **{"X-Forwarded-Proto": "http"})

    def _another_host(self, sent: Sent) -> Sent:
        host = f"evil{self._dice.randrange(10**6)}.example"
        told = {name: host for name in GAMES if self._dice.random() < 0.6}
        forwarded = {"X-Forwarded-Proto": "https", **told}
        return self._signed(sent, f"https://{host}{sent.path}", **forwarded)

    def _another_secret(self, sent: Sent) -> Sent:
        post = self._server.network.post
        secret = self._dice.choice(["x", self._dice.randbytes(16).hex()])
        signed = post.signed(PUBLIC_URL + sent.path, sent.form, secret=secret)
        return replace(sent, headers={**_bare(sent, self._header), **signed})


def with_two_attempts(night: TwilioStage) -> TwilioStage:
    """One attempt is over, another talks; and what a proxy's header makes us note is noted."""
    forwarded = {"X-Forwarded-Proto": "https"}
    night.world.app.test_client().get("/healthz", headers=forwarded)
    night.guest_is("answers", talk=3600)
    night.operator_is("busy")
    night.accept()
    night.press_call()
    night.until_ended()
    night.operator_is(presses="1")
    for _ in range(40):
        night.stage.available(night.ann)
        if night.stage.task().state == "offered":
            break
        night.world.pass_time(seconds=30, step=timedelta(seconds=30))
    night.accept()
    night.press_call()
    night.world.pass_time(seconds=30)
    assert [one.state for one in night.attempts()] == ["ended", "talking"]
    return night


def database_hash(sessions: Sessions) -> str:
    """One hash over every row of every table."""
    whole = hashlib.sha256()
    with sessions.read() as session:
        for table in Base.metadata.sorted_tables:
            whole.update(table.name.encode())
            for row in session.execute(select(table).order_by(*table.primary_key)):
                whole.update(repr(tuple(row)).encode())
    return whole.hexdigest()


def _path(url: str) -> str:
    return url.removeprefix(PUBLIC_URL).partition("#")[0]


def _bare(sent: Sent, header: str) -> dict[str, str]:
    return {name: one for name, one in sent.headers.items() if name != header}
