"""What hosts do with endpoints and deliveries, within their account only."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from callassist.accounts.retention import Retention, forget_expired
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks.by_hand import find_delivery, log_of, send_again, send_test
from callassist.notifications.webhooks.endpoints import (
    add_endpoint,
    checked_url,
    find_endpoint,
    remove_endpoint,
    rotate_secret,
    set_enabled,
)
from tests.notifications.webhooks.conftest import Hooked


def send(hooked: Hooked, public_id: str) -> None:
    with hooked.scene.sessions.write() as session:
        send_again(session, hooked.viewer, public_id, hooked.scene.now)
    hooked.outbox.run_due()


def switch(hooked: Hooked, *, enabled: bool) -> None:
    now = hooked.scene.now
    with hooked.scene.sessions.write() as session:
        set_enabled(session, hooked.viewer, hooked.endpoint_id, enabled=enabled, now=now)


def test_sending_again_keeps_the_id_and_starts_the_schedule_anew(hooked: Hooked) -> None:
    hooked.receiver.answers = [500, 500, 204]
    hooked.tell()
    [row] = hooked.log()
    send(hooked, row.public_id)
    hooked.pass_time(seconds=5)
    assert [one.id for one in hooked.receiver.got] == [row.public_id] * 3
    [row] = hooked.log()
    assert (row.state, row.attempts, row.next_at) == ("delivered", 3, None)
    hooked.pass_time(hours=1)
    assert len(hooked.receiver.got) == 3
    send(hooked, row.public_id)
    assert len(hooked.receiver.got) == 4


def test_what_was_sent_again_by_hand_is_not_tried_by_the_older_entry_too(hooked: Hooked) -> None:
    hooked.receiver.answers = [500, 204]
    hooked.tell()
    send(hooked, hooked.log()[0].public_id)
    hooked.pass_time(hours=1)
    assert len(hooked.receiver.got) == 2


def test_what_was_never_tried_before_it_was_switched_off_can_be_sent_later(hooked: Hooked) -> None:
    lanes, endpoint = hooked.webhooks.lanes, hooked.endpoint.id
    for other in (901, 902):
        lanes.enter(endpoint, other)
    hooked.tell()
    switch(hooked, enabled=False)
    for _ in range(2):
        lanes.leave(endpoint, is_suspect=False)
    hooked.pass_time(hours=1)
    assert (hooked.receiver.got, hooked.due()) == ([], [])
    switch(hooked, enabled=True)
    send(hooked, hooked.log()[0].public_id)
    assert len(hooked.receiver.got) == 1


def test_to_an_endpoint_that_is_off_nothing_is_sent_again(hooked: Hooked) -> None:
    hooked.tell()
    switch(hooked, enabled=False)
    with pytest.raises(Conflict):
        send(hooked, hooked.log()[0].public_id)


def test_a_test_says_what_was_answered_and_counts_for_nothing(hooked: Hooked) -> None:
    hooked.receiver.answers = [410, 204]
    answers = [
        send_test(hooked.webhooks, hooked.viewer, hooked.endpoint_id, hooked.scene.now)
        for _ in range(2)
    ]
    assert [(one.state, one.last_status) for one in answers] == [
        ("failed", 410),
        ("delivered", 204),
    ]
    assert hooked.endpoint.disabled_at is None
    assert hooked.receiver.got[0].said["type"] == "webhook.test"
    hooked.pass_time(hours=3)
    assert len(hooked.receiver.got) == 2


def test_tests_are_not_sent_without_end(hooked: Hooked) -> None:
    for _ in range(10):
        send_test(hooked.webhooks, hooked.viewer, hooked.endpoint_id, hooked.scene.now)
    with pytest.raises(Conflict):
        send_test(hooked.webhooks, hooked.viewer, hooked.endpoint_id, hooked.scene.now)


@pytest.mark.parametrize(
    "typed",
    [
        *("ftp://hooks.example.com/", "hooks.example.com", "https://", "https://[::1", ""),
        *("http://hooks.example.com/", "https://a:b@hooks.example.com/", "https://x.example/#a"),
        *("https://127.0.0.1/", "https://10.0.0.8/", "https://169.254.169.254/latest"),
        *("https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://localhost/"),
        *("https://0x7f000001/", "https://2130706433/", "https://hooks.example.com:x/"),
    ],
)
def test_an_address_that_leads_inside_or_is_none_is_refused(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def known(host: Any, *args: Any, **named: Any) -> Any:
        public = "93.184.216.34" if str(host).endswith("example.com") else host
        return real(public, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    assert checked_url(" https://hooks.example.com/a ") == "https://hooks.example.com/a"
    with pytest.raises(InvalidInput) as refused:
        checked_url(typed)
    assert refused.value.field == "url"


def test_another_account_sees_nothing_and_who_may_only_look_changes_nothing(
    hooked: Hooked,
) -> None:
    hooked.tell()
    delivery = hooked.log()[0].public_id
    stranger = Viewer(
        name="x", account_roles={hooked.scene.account_id + 1: frozenset({Role.OWNER})}
    )
    looks = Viewer(name="y", account_roles={hooked.scene.account_id: frozenset({Role.VIEWER})})
    with hooked.scene.sessions.write() as session:
        for search, public_id in ((find_endpoint, hooked.endpoint_id), (find_delivery, delivery)):
            with pytest.raises(NotFound):
                search(session, stranger, public_id)
            search(session, looks, public_id)
            with pytest.raises(Forbidden):
                search(session, looks, public_id, to_change=True)
        with pytest.raises(Forbidden):
            add_endpoint(
                session,
                hooked.scene.vault,
                looks,
                hooked.scene.account_id,
                url="https://hooks.example.com/",
                description="",
                kinds=["guest.reached"],
                now=hooked.scene.now,
            )


def test_removing_takes_its_log_and_what_waits_along(hooked: Hooked) -> None:
    hooked.receiver.always = 500
    hooked.tell()
    with hooked.scene.sessions.write() as session:
        remove_endpoint(session, hooked.viewer, hooked.endpoint_id)
    hooked.pass_time(hours=1)
    assert hooked.log() == []
    assert len(hooked.receiver.got) == 1


def test_deliveries_are_forgotten_after_thirty_days_and_old_secrets_after_one(
    hooked: Hooked,
) -> None:
    scene = hooked.scene
    hooked.tell(key="old")
    hooked.pass_time(days=29)
    hooked.tell(key="new")
    with scene.sessions.write() as session:
        rotate_secret(session, scene.vault, hooked.viewer, hooked.endpoint_id, now=scene.now)
    scene.clock.advance(days=2)
    forget_expired(scene.sessions, Retention(), scene.now)
    assert [row.key for row in hooked.log()] == ["new"]
    assert hooked.endpoint.previous_secret is None


def test_the_log_comes_in_pages_newest_first(hooked: Hooked) -> None:
    with hooked.scene.sessions.write() as session:
        endpoint = session.scalars(select(WebhookEndpoint)).one()
        for number in range(60):
            session.add(
                WebhookDelivery(
                    endpoint_id=endpoint.id,
                    account_id=endpoint.account_id,
                    kind="guest.reached",
                    key=str(number),
                    body={},
                    state="delivered",
                    created_at=hooked.scene.now + timedelta(seconds=number),
                )
            )
        session.flush()
        page = log_of(session, endpoint)
        assert (len(page), page[0].key) == (51, "59")
        assert [one.key for one in log_of(session, endpoint, before=page[49].id)][-1] == "0"
