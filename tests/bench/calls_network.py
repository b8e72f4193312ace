"""The network of the tests in a process of its own: what it computes is not the service's.

It believes what it is told: that every exchange keeps to the specification is proved elsewhere, and
would take more of the machine here than the service.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.managers import BaseManager
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.twilio_server import twilio_server
from tests.twilio_server.contract import Contract


class _Trusting(Contract):
    def breaches_of_request(self, request: Request, template: str) -> list[str]:
        return []

    def breaches_of_response(self, request: Request, response: Response) -> list[str]:
        return []


class PhoneNetwork:
    """What a measurement asks of the network; lives in the network's process."""

    def __init__(self, own_number: str) -> None:
        self._leaving = ExitStack()
        self._server = self._leaving.enter_context(twilio_server(real_time=True))
        self._server.account.own(own_number)
        self._server.api.contract = _Trusting(uuids=False)
        self._times: list[float] = []
        self._time_exchanges()

    def account(self) -> dict[str, str]:
        """Where it is, and how to sign in."""
        account = self._server.account
        return {"url": self._server.base_url, "sid": account.sid, "token": account.auth_token}

    def route(self, public_url: str, local_url: str) -> None:
        """Where a public address listens here."""
        self._server.route(public_url, local_url)

    def answers(self, number: str, talk: float, presses: str = "") -> None:
        """This phone is picked up."""
        self._server.far_end(number, "answers", presses=presses, talk=talk)

    def answered(self) -> list[float]:
        """Milliseconds of each answer to the network since this was asked the last time."""
        times, self._times[:] = self._times.copy(), []
        return times

    def stop(self) -> None:
        """End it; AssertionError when something was asked or answered that makes no sense."""
        self._leaving.close()

    def _time_exchanges(self) -> None:
        post = self._server.network.post
        exchange = post.exchange

        def timed(*request: Any) -> Any:
            began = time.monotonic()
            try:
                return exchange(*request)
            finally:
                self._times.append(1000 * (time.monotonic() - began))

        post.exchange = timed  # type: ignore[method-assign, assignment]


class _Process(BaseManager):
    pass


_Process.register("PhoneNetwork", PhoneNetwork)


@contextmanager
def phone_network(own_number: str) -> Iterator[PhoneNetwork]:
    """One that runs beside this process."""
    with _Process(ctx=multiprocessing.get_context("spawn")) as process:
        network: PhoneNetwork = process.PhoneNetwork(own_number)  # type: ignore[attr-defined]
        yield network
        network.stop()
