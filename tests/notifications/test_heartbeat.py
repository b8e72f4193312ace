"""The monitor hears from us only while everything works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from callassist.errors import PermanentError
from callassist.notifications import ping_if_well
from callassist.safe_http import trusted_session
from tests.notifications.servers import LocalService, local_service


@pytest.fixture
def monitor() -> Iterator[LocalService]:
    with local_service() as service:
        yield service


def _fine() -> None:
    pass


def _broken() -> None:
    raise PermanentError("nobody answers the phone network")


def _bug() -> None:
    raise RuntimeError("password=hunter2")


def test_the_monitor_is_pinged_when_every_check_passes(monitor: LocalService) -> None:
    failed = ping_if_well({"timers": _fine, "outbox": _fine}, monitor.url, trusted_session())
    assert failed == {}
    assert [one.path for one in monitor.requests] == ["/"]


def test_one_failed_check_keeps_the_ping_back_and_is_named(monitor: LocalService) -> None:
    checks = {"timers": _fine, "telephony": _broken, "database": _bug}
    failed = ping_if_well(checks, monitor.url, trusted_session())
    assert failed == {
        "telephony": "nobody answers the phone network",
        "database": "RuntimeError",
    }
    assert monitor.requests == []


def test_a_monitor_that_refuses_or_is_away_is_told(monitor: LocalService) -> None:
    monitor.answers.append((404, {}))
    assert ping_if_well({}, monitor.url, trusted_session()) == {
        "heartbeat": "the monitor answered 404"
    }
    gone = "http://127.0.0.1:9/"
    assert "ConnectionError" in ping_if_well({}, gone, trusted_session())["heartbeat"]


def test_without_a_monitor_the_checks_run_all_the_same() -> None:
    assert ping_if_well({"telephony": _broken}, None, requests.Session()).keys() == {"telephony"}
    assert ping_if_well({"timers": _fine}, "", requests.Session()) == {}
