"""Addresses that lead inside, do not answer, answer without end, or are gone."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from callassist import outbox
from callassist.domain.webhook_tries import WAITS, OffReason
from callassist.errors import NotYet
from callassist.notifications import NOTIFY, notify_deliverer
from callassist.notifications.webhooks import TOPIC, WORKERS, outcome, posting
from callassist.notifications.webhooks.endpoints import add_endpoint, set_enabled
from callassist.outbox import OutboxItem, OutboxLoop
from tests.notifications.webhooks.conftest import Hooked
from tests.notifications.webhooks.receiver import (
    Act,
    answer,
    breaks_off,
    drips,
    echoes,
    hangs_up,
    never_ends,
    receiving,
    says,
)


def test_what_fails_is_tried_on_schedule_under_the_same_id_and_then_given_up(
    hooked: Hooked,
) -> None:
    hooked.receiver.always = 500
    hooked.tell()
    for wait in WAITS:
        [entry] = hooked.due()
        assert entry.due_at - hooked.scene.now == wait
        hooked.pass_time(seconds=wait.total_seconds())
    assert len(hooked.receiver.got) == 8
    assert len({one.id for one in hooked.receiver.got}) == 1
    assert len({one.body for one in hooked.receiver.got}) == 1
    [row] = hooked.log()
    assert (row.state, row.attempts, row.last_status) == ("failed", 8, 500)
    assert row.last_error == posting.NOT_TAKEN
    assert hooked.due() == []


def test_a_redirect_to_the_inside_is_not_followed(hooked: Hooked) -> None:
    inside = f"http://127.0.0.1:{hooked.receiver.port}/inside"
    hooked.receiver.answers = [says(302, Location=inside), says(307, Location=inside)]
    hooked.tell()
    hooked.pass_time(seconds=5)
    assert [one.path for one in hooked.receiver.got] == ["/hooks/call-assist?key=abc123"] * 2
    [row] = hooked.log()
    assert (row.state, row.last_status, row.last_error) == ("waiting", 307, posting.REDIRECTED)


def test_a_name_that_leads_inside_by_now_gets_nothing(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was public when it was entered; what it is called at each try is looked at again."""
    object.__setattr__(hooked.webhooks, "allow_loopback", False)
    real = socket.getaddrinfo

    def rebound(host: Any, port: Any, *args: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == "hooks.example.com" else host, port, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with hooked.scene.sessions.write() as session:
        url = f"http://hooks.example.com:{hooked.receiver.port}/"
        endpoint = session.merge(hooked.endpoint)
        endpoint.url = hooked.scene.vault.seal(url)
    hooked.tell()
    assert hooked.receiver.got == []
    [row] = hooked.log()
    assert (row.state, row.attempts, row.last_error) == ("failed", 1, posting.PRIVATE)


@pytest.mark.parametrize("act", [drips, hangs_up])
def test_who_never_answers_is_left_in_time(
    hooked: Hooked, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    hooked.receiver.always = act
    hooked.tell()
    [row] = hooked.log()
    assert (row.state, row.last_status) == ("waiting", None)
    assert row.last_error in (posting.NO_ANSWER, posting.BROKEN)


def test_nobody_listening_is_said(hooked: Hooked) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with hooked.scene.sessions.write() as session:
        url = hooked.scene.vault.seal(f"http://127.0.0.1:{port}/")
        session.merge(hooked.endpoint).url = url
    hooked.tell()
    assert hooked.log()[0].last_error == posting.NOT_REACHED


def test_of_an_answer_without_end_a_little_is_read_and_its_status_counts(hooked: Hooked) -> None:
    hooked.receiver.answers = [never_ends(200)]
    hooked.tell()
    [row] = hooked.log()
    assert (row.state, row.last_answer) == ("delivered", "x" * 200)


@pytest.mark.parametrize(
    "act", [breaks_off(Content_Length="100"), breaks_off(Transfer_Encoding="chunked")]
)
def test_of_an_answer_that_breaks_off_the_status_counts(hooked: Hooked, act: Act) -> None:
    hooked.receiver.answers = [act]
    hooked.tell()
    [row] = hooked.log()
    assert (row.state, row.last_status, row.attempts) == ("delivered", 200, 1)
    assert hooked.due() == []


@pytest.mark.parametrize("said", ["Cannot POST {path}", "no such key: {key}"])
def test_an_answer_that_names_the_way_leaves_no_key_in_the_log(hooked: Hooked, said: str) -> None:
    key = hooked.receiver.url.rpartition("=")[2]
    path = hooked.receiver.url.partition(f":{hooked.receiver.port}")[2]
    hooked.receiver.answers = [says(404, said.format(path=path, key=key).encode())]
    hooked.tell()
    assert hooked.log()[0].last_answer == said.format(path="•••", key="•••")


def test_an_echo_of_our_request_leaves_nothing_secret_in_the_log(hooked: Hooked) -> None:
    hooked.receiver.answers = [echoes]
    hooked.tell()
    [got] = hooked.receiver.got
    [row] = hooked.log()
    assert "•••" in str(row.last_answer)
    assert got.headers["webhook-signature"][3:20] not in str(row.last_answer)
    assert hooked.secret not in str(row.last_answer)
    assert len(str(row.last_answer)) <= 200


def test_a_crash_between_sending_and_noting_sends_again_under_the_same_id(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr("callassist.notifications.webhooks.delivering.record", dies)
    hooked.tell()
    assert hooked.log()[0].state == "waiting"
    monkeypatch.setattr("callassist.notifications.webhooks.delivering.record", outcome.record)
    hooked.pass_time(minutes=2)
    first, second = hooked.receiver.got
    assert first.id == second.id
    [row] = hooked.log()
    assert (row.state, row.attempts) == ("delivered", 1)


def test_410_switches_it_off_at_once_and_tells_the_host_once(hooked: Hooked) -> None:
    hooked.scene.channel("email")
    hooked.receiver.always = 500
    hooked.tell(key="waits")
    hooked.receiver.always = 410
    hooked.tell(key="gone")
    assert hooked.endpoint.disabled_reason == OffReason.GONE
    assert {row.state for row in hooked.log()} == {"failed"}
    hooked.pass_time(hours=1)
    assert len(hooked.receiver.got) == 2
    assert hooked.scene.email.titles[-1] == "Webhook switched off"
    _, message = hooked.scene.email.heard[-1]
    assert message.url == f"https://calls.example.com/webhooks/{hooked.endpoint_id}"
    assert "House system" in message.text
    assert len(hooked.notes()) == 1


def test_five_days_without_one_success_switch_it_off_with_one_mail(hooked: Hooked) -> None:
    hooked.scene.channel("email")
    hooked.receiver.always = 503
    for day in range(7):
        hooked.tell(key=f"day {day}")
        hooked.pass_time(days=1)
    assert hooked.endpoint.disabled_reason == OffReason.FAILING
    off_at = hooked.endpoint.disabled_at
    assert off_at is not None
    assert timedelta(days=5) <= off_at - hooked.scene.now + timedelta(days=7) <= timedelta(days=6)
    assert len(hooked.notes()) == 1


def test_one_success_in_between_starts_the_five_days_anew(hooked: Hooked) -> None:
    hooked.receiver.always = 503
    for day in range(7):
        hooked.receiver.always = 200 if day == 4 else 503
        hooked.tell(key=f"day {day}")
        hooked.pass_time(days=1)
    assert hooked.endpoint.disabled_at is None


def test_fifty_that_failed_in_a_row_switch_it_off(hooked: Hooked) -> None:
    with hooked.scene.sessions.write() as session:
        session.merge(hooked.endpoint).failed_in_row = 49
    hooked.receiver.always = 400
    hooked.tell()
    for wait in WAITS:
        hooked.pass_time(seconds=wait.total_seconds())
    assert hooked.endpoint.disabled_reason == OffReason.FAILED_OFTEN
    with hooked.scene.sessions.write() as session:
        set_enabled(session, hooked.viewer, hooked.endpoint_id, enabled=True, now=hooked.scene.now)
    assert (hooked.endpoint.failed_in_row, hooked.endpoint.failing_since) == (0, None)


def test_a_dead_endpoint_gets_two_tries_at_once_and_holds_nobody_up(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real threads: ten messages to an endpoint that answers nothing, one to another."""
    monkeypatch.setattr(posting, "SECONDS", 5.0)
    released, busy, most = threading.Event(), [0], [0]

    def answers_late(handler: BaseHTTPRequestHandler) -> None:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        released.wait(30)
        busy[0] -= 1
        handler.close_connection = True

    hooked.receiver.always = answers_late
    with receiving() as well:
        arrived = threading.Event()

        def arrives(handler: BaseHTTPRequestHandler) -> None:
            answer(handler, 204)
            arrived.set()

        well.always = arrives
        add(hooked, well.url, ["sensor.silent"])
        with hooked.scene.sessions.write() as session:
            session.merge(hooked.endpoint).kinds = ["guest.reached"]
        deliverers = {
            NOTIFY: notify_deliverer(hooked.scene.sessions),
            TOPIC: hooked.webhooks.deliver,
        }
        loop = OutboxLoop(
            hooked.scene.sessions, hooked.scene.clock, deliverers, workers={TOPIC: WORKERS}
        )
        for number in range(10):
            put(hooked, "guest_reached", f"k{number}")
        put(hooked, "sensor_silent", "other")
        loop.start()
        try:
            assert arrived.wait(30)
            assert not released.is_set()
        finally:
            released.set()
            loop.stop()
    assert 1 <= most[0] <= 2


def put(hooked: Hooked, kind: str, key: str) -> None:
    payload = {"kind": kind, "account_id": hooked.scene.account_id, "facts": {}}
    with hooked.scene.sessions.write() as session:
        outbox.put(session, NOTIFY, key, payload, now=hooked.scene.now)


def add(hooked: Hooked, url: str, kinds: list[str]) -> None:
    with hooked.scene.sessions.write() as session:
        add_endpoint(
            session,
            hooked.scene.vault,
            hooked.viewer,
            hooked.scene.account_id,
            url=url,
            description="",
            kinds=kinds,
            now=hooked.scene.now,
        )


def test_whose_turn_it_is_not_is_put_back_untried(hooked: Hooked) -> None:
    hooked.tell()
    assert len(hooked.receiver.got) == 1
    item = OutboxItem(
        id=99,
        topic="webhook",
        key="x",
        payload={"endpoint_id": 7, "delivery_id": 1, "attempt": 1, "due": "2026-06-13T20:00:00Z"},
        attempts=1,
    )
    for busy in (1, 2):
        hooked.webhooks.lanes.enter(7, busy)
    with pytest.raises(NotYet):
        hooked.webhooks.deliver(item, hooked.scene.now)
