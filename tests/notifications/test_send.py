"""What becomes of a message: sent, tried again, given up, or the channel is gone."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, PermanentError, TransientError
from callassist.notifications import channel_test, deliveries, send_deliverer
from callassist.notifications.deadline import within
from callassist.notifications.send import SEND_SECONDS
from callassist.outbox import OutboxItem
from callassist.outbox.delivery import MAX_ATTEMPTS
from callassist.ports.messages import ChannelGone
from tests.notifications.scene import Scene


def test_the_first_success_proves_the_channel(scene: Scene) -> None:
    channel = scene.channel("email")
    assert scene.channel_row(channel).proved_at is None
    scene.tell("report_ready")
    first = scene.now
    assert scene.channel_row(channel).proved_at == first
    scene.clock.advance(hours=1)
    scene.tell("report_ready", "k2")
    assert scene.channel_row(channel).proved_at == first


def test_a_busy_service_is_tried_again_and_the_log_says_so(scene: Scene) -> None:
    scene.channel("email")
    scene.email.refusals = [TransientError("busy", retry_after=90)]
    scene.tell("report_ready")
    [row] = scene.log()
    assert (row.status, row.reason, row.attempts) == ("queued", "busy", 1)
    scene.pass_time(seconds=80)
    assert scene.email.heard == []  # asked to wait 90 seconds
    scene.pass_time(seconds=20)
    [row] = scene.log()
    assert (row.status, row.reason, row.attempts) == ("sent", None, 2)
    assert row.sent_at == scene.now


def test_after_the_last_try_it_is_given_up(scene: Scene) -> None:
    scene.channel("email")
    scene.email.refusals = [TransientError("busy") for _ in range(MAX_ATTEMPTS)]
    scene.tell("report_ready")
    for _ in range(MAX_ATTEMPTS):
        scene.pass_time(minutes=31)
    [row] = scene.log()
    assert (row.status, row.attempts) == ("failed", MAX_ATTEMPTS)
    assert scene.email.heard == []


def test_a_refusal_for_good_is_not_repeated(scene: Scene) -> None:
    channel = scene.channel("email")
    scene.email.refusals = [PermanentError("no such mailbox")]
    scene.tell("report_ready")
    scene.pass_time(hours=1)
    [row] = scene.log()
    assert (row.status, row.reason, row.attempts) == ("failed", "no such mailbox", 1)
    assert scene.channel_row(channel).disabled_at is None


def test_a_dead_subscription_disables_its_channel_and_is_never_used_again(scene: Scene) -> None:
    channel = scene.channel("push")
    scene.push.refusals = [ChannelGone("the device has unsubscribed")]
    scene.tell("report_ready")
    kept = scene.channel_row(channel)
    assert (kept.disabled_at, kept.disabled_reason) == (scene.now, "the device has unsubscribed")
    scene.tell("sensor_back", "k2")
    assert scene.push.heard == []
    assert [row.reason for row in scene.log()] == [
        "the device has unsubscribed",
        "no channel is configured",
    ]


def test_a_crash_after_sending_repeats_with_the_key_that_receivers_collapse(scene: Scene) -> None:
    scene.channel("push")

    class Crash(BaseException):
        pass

    send = scene.push.send

    def send_and_die(address: str, message: object) -> None:
        send(address, message)  # type: ignore[arg-type]
        raise Crash

    scene.push.send = send_and_die  # type: ignore[method-assign]
    with pytest.raises(Crash):
        scene.tell("report_ready")
    scene.push.send = send  # type: ignore[method-assign]
    scene.pass_time(minutes=2)  # the lease is over
    keys = {message.key for _, message in scene.push.heard}
    assert len(scene.push.heard) == 2
    assert keys == {"k1"}
    assert [row.status for row in scene.log()] == ["sent"]


def test_what_was_sent_is_not_sent_again(scene: Scene) -> None:
    scene.channel("push")
    scene.tell("report_ready")
    [row] = scene.log()
    item = OutboxItem(
        id=9, topic="send", key="again", payload={"notification_id": row.id}, attempts=2
    )
    send_deliverer(scene.sessions, scene.vault, {"push": scene.push}, "https://x")(item, scene.now)
    assert len(scene.push.heard) == 1


def test_a_kind_without_adapter_is_skipped_with_its_reason(scene: Scene) -> None:
    scene.channel("sms")
    scene.tell("report_ready")
    [row] = scene.log()
    assert (row.status, row.reason) == ("skipped", "sms is not set up on this service")


def test_a_message_that_waited_a_day_is_not_sent_any_more(scene: Scene) -> None:
    scene.channel("email")
    scene.email.refusals = [TransientError("busy", retry_after=timedelta(hours=25).total_seconds())]
    scene.tell("report_ready")
    scene.pass_time(hours=26)
    [row] = scene.log()
    assert row.status == "failed"
    assert scene.email.heard == []


def test_a_channel_that_cannot_be_opened_is_said_in_the_log(scene: Scene) -> None:
    """The key was changed without keeping the older one."""
    channel = scene.channel("email")
    with scene.sessions.write() as session:
        session.connection().exec_driver_sql("UPDATE notification_channel SET address = 'x'")
    scene.tell("report_ready")
    [row] = scene.log()
    assert row.status == "failed"
    assert "sealed" in (row.reason or "")
    assert scene.channel_row(channel).proved_at is None


def test_a_test_message_takes_the_same_way_as_all_others(scene: Scene) -> None:
    channel = scene.channel("email", muted=["channel_test"])
    with scene.sessions.write() as session:
        channel_test.test_channel(session, channel, scene.now)
    scene.outbox.run_due()
    assert scene.email.titles == ["Call Assist: this works"]
    assert scene.channel_row(channel).proved_at == scene.now


def test_a_disabled_channel_is_not_tested(scene: Scene) -> None:
    channel = scene.channel("push")
    scene.push.refusals = [ChannelGone("gone")]
    scene.tell("report_ready")
    with pytest.raises(Conflict), scene.sessions.write() as session:
        channel_test.test_channel(session, channel, scene.now)


def test_neither_addresses_nor_names_are_logged(scene: Scene) -> None:
    scene.channel("email", "olga@example.com")
    scene.email.refusals = [TransientError("busy"), PermanentError("refused")]
    with capture_logs() as lines:
        scene.tell("guest_reached", incident_id=scene.incident())
        scene.pass_time(minutes=1)
    assert lines
    for secret in ("olga", "Marie", "Canal"):
        assert secret not in str(lines)


def test_the_delivery_log_is_scoped_and_masked(scene: Scene) -> None:
    desk = scene.desk()
    incident = scene.incident(desk_id=desk)
    scene.channel("email", "olga@example.com")
    scene.channel("push", desk_id=desk)
    scene.tell("guest_reached", incident_id=incident)
    scene.tell("supervisor_page", "page", incident_id=incident, desk_id=desk)
    host = Viewer(name="h", account_roles={scene.account_id: frozenset({Role.OWNER})})
    chief = Viewer(name="s", desk_roles={desk: frozenset({Role.SUPERVISOR})})
    operator = Viewer(name="o", desk_roles={desk: frozenset({Role.OPERATOR})})
    other = Viewer(name="x", account_roles={scene.account_id + 1: frozenset({Role.OWNER})})
    with scene.sessions.read() as session:
        shown = {v.name: deliveries(session, v, incident) for v in (host, chief, operator, other)}
    assert {(one.kind, one.to) for one in shown["h"]} == {
        ("guest_reached", "a•••"),
        ("supervisor_page", "a•••"),
    }
    assert [(one.kind, one.channel) for one in shown["s"]] == [("supervisor_page", "push")]
    assert shown["o"] == shown["x"] == []


def test_a_call_that_never_ends_is_left_behind() -> None:
    ends = threading.Event()

    def drip() -> None:
        ends.wait(30)

    with pytest.raises(TransientError, match="no answer within"):
        within(0.05, drip)
    ends.set()
    assert SEND_SECONDS < 60  # the outbox's lease
