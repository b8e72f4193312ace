"""My notifications: what I am told, where, when not; and a test that goes the real way."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select, update

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.models import Notification, NotificationChannel, OutboxEntry, Person
from callassist.notifications import NOTIFY
from callassist.notifications.quiet_people import is_quiet
from tests.notifications.test_web_push import Browser as Device
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, LOOKER, OTHER, OWNER, Stage

PAGE = "/account/notifications"


def place(stage: Stage) -> dict[str, str]:
    return {"place": f"account-{stage.account_id}"}


def channels_of(stage: Stage, email: str) -> list[NotificationChannel]:
    with stage.world.service.sessions.read() as session:
        query = select(NotificationChannel).join(Person).where(Person.email == email)
        return list(session.scalars(query.order_by(NotificationChannel.id)))


def tell(stage: Stage, kind: MessageKind, key: str) -> None:
    """Something happens that the account is told."""
    with stage.world.service.sessions.write() as session:
        body = {"kind": str(kind), "account_id": stage.account.id, "facts": {"home": "Loft"}}
        outbox.put(session, NOTIFY, key, body, now=stage.world.clock.now())
    stage.world.run()


def messages(stage: Stage, kind: MessageKind) -> list[Notification]:
    with stage.world.service.sessions.read() as session:
        query = select(Notification).where(Notification.kind == str(kind))
        return list(session.scalars(query.order_by(Notification.id)))


def test_an_address_is_added_and_proved_by_a_message_on_the_real_way(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for kind, address in (("email", "nobody"), ("apprise", "file:///etc/passwd"), ("fax", "x")):
        wrong = owner.post("/account/channels", kind=kind, address=address, **place(stage))
        assert wrong.status_code == 422
        assert f'value="{address}"' in wrong.text
    sent = {"kind": "email", "address": "second@example.com"}
    added = owner.post("/account/channels", **sent, **place(stage))
    assert "Written down" in words_of(owner.page(added.location))
    assert "Handed over at" not in owner.page(added.location)
    stage.world.service.uptime.beat()
    stage.world.run()
    assert "Handed over at" in words_of(owner.page(f"{added.location}/way"))
    page = owner.page(PAGE)
    assert "s•••@example.com" in page
    assert "second@example.com" not in page
    newest = channels_of(stage, OWNER)[-1]
    assert newest.proved_at is not None
    assert owner.post(f"/account/channels/{newest.public_id}/remove").status_code == 302
    assert "s•••@example.com" not in owner.page(PAGE)


def test_a_test_says_so_when_nobody_is_at_work(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    stage.world.clock.advance(seconds=1)
    started = owner.post(f"/account/channels/{stage.channel_id}/test").location
    assert "No worker has run yet: no messages go out." in words_of(owner.page(started))
    stage.world.service.uptime.beat()
    assert "no messages go out" not in words_of(owner.page(started))
    stage.world.clock.advance(minutes=4)
    said = words_of(owner.page(started))
    assert "The worker was last seen 4 minutes ago: no messages go out." in said
    french = stage.sign_in(OWNER, "fr")
    french.post("/language", language="fr")
    assert "il y a 4 minutes" in words_of(french.page(started))
    stage.world.service.uptime.beat()
    stage.world.run()
    assert "data-over" in owner.page(f"{started}/way")


def test_a_test_that_fails_says_why(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    stage.world.clock.advance(seconds=1)
    started = owner.post(f"/account/channels/{stage.channel_id}/test").location
    with stage.world.service.sessions.write() as session:
        row = session.scalars(select(Notification).order_by(Notification.id.desc())).first()
        assert row is not None
        row.status, row.reason = "failed", "the push service answered 403"
    said = words_of(owner.page(started))
    assert "It was not taken." in said
    assert "The push service of the browser’s maker answered 403." in said


def test_a_test_of_mine_is_seen_by_nobody_else(stage: Stage) -> None:
    started = stage.sign_in(OWNER).post(f"/account/channels/{stage.channel_id}/test").location
    for email in (LOOKER, OTHER, ANN):
        stranger = stage.sign_in(email)
        assert stranger.get(started).status_code == 404
        assert stranger.get(f"{started}/way").status_code == 404
    assert (
        stage.sign_in(OTHER).post(f"/account/channels/{stage.channel_id}/test").status_code == 404
    )


def test_only_what_is_ticked_is_told(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert "Went quiet" in words_of(owner.page(PAGE))
    owner.post(f"{PAGE}/kinds", told="noise_started:email", **place(stage))
    tell(stage, MessageKind.WENT_QUIET, "a")
    tell(stage, MessageKind.NOISE_STARTED, "b")
    [quiet], [noise] = (
        messages(stage, MessageKind.WENT_QUIET),
        messages(stage, MessageKind.NOISE_STARTED),
    )
    assert (quiet.status, quiet.channel_id) == ("skipped", None)
    assert noise.status == "sent"
    [channel] = channels_of(stage, OWNER)
    assert str(MessageKind.NEEDS_YOU) not in channel.muted_kinds  # whatever the form says


def test_my_matrix_changes_nobody_elses_channels(stage: Stage) -> None:
    look = stage.sign_in(LOOKER)
    sent = {"kind": "email", "address": LOOKER}
    assert look.post("/account/channels", **sent, **place(stage)).status_code == 302
    look.post(f"{PAGE}/kinds", **place(stage))
    assert channels_of(stage, OWNER)[0].muted_kinds == []
    assert "went_quiet" in channels_of(stage, LOOKER)[0].muted_kinds
    assert "m•••@example.com" not in look.page(PAGE)


def test_in_my_quiet_hours_nothing_buzzes_but_what_needs_me(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    with stage.world.service.sessions.write() as session:
        session.execute(update(NotificationChannel).values(kind="push"))
    assert owner.post(f"{PAGE}/quiet", quiet_from="22:00", quiet_until="07:00").status_code == 302
    tell(stage, MessageKind.WENT_QUIET, "a")  # 22:00 in Paris
    [held] = messages(stage, MessageKind.WENT_QUIET)
    assert (held.status, held.reason) == ("skipped", "held back: your quiet hours")
    tell(stage, MessageKind.NEEDS_YOU, "b")
    assert messages(stage, MessageKind.NEEDS_YOU)[0].status != "skipped"  # it was tried
    stage.world.clock.advance(hours=9, minutes=1)
    tell(stage, MessageKind.REPORT_READY, "c")
    [late] = messages(stage, MessageKind.REPORT_READY)
    assert late.status != "skipped"


def test_mails_arrive_in_quiet_hours(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    owner.post(f"{PAGE}/quiet", quiet_from="20:00", quiet_until="23:59")
    tell(stage, MessageKind.WENT_QUIET, "a")
    assert [one.status for one in messages(stage, MessageKind.WENT_QUIET)] == ["sent"]


def test_quiet_hours_are_local_and_may_cross_midnight(stage: Stage) -> None:
    now = stage.world.clock.now().replace(hour=21, minute=30)  # 23:30 in Paris
    assert is_quiet("23:00", "07:00", "Europe/Paris", now)
    assert not is_quiet("23:00", "07:00", "UTC", now)
    assert is_quiet("23:00", "07:00", "Europe/Paris", now + timedelta(hours=7, minutes=29))
    assert not is_quiet("23:00", "07:00", "Europe/Paris", now + timedelta(hours=7, minutes=30))
    assert not is_quiet("09:00", "17:00", "Europe/Paris", now)


def test_wrong_quiet_hours_are_refused_beside_the_field(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for begin, end, field in (("22:00", "", "until"), ("25:00", "07:00", "from"), ("7:00", "", "")):
        answer = owner.post(f"{PAGE}/quiet", quiet_from=begin, quiet_until=end)
        assert answer.status_code == 422
        assert f'id="e-quiet-quiet_{field}' in answer.text
        assert f'value="{begin}"' in answer.text
    assert owner.post(f"{PAGE}/quiet", quiet_from="", quiet_until="").status_code == 302


def subscription(endpoint: str = "https://push.example.com/send/1") -> str:
    return Device(endpoint).subscription


def test_a_device_is_kept_as_mine_and_tested_at_once(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    ann.page(PAGE)
    answer = ann.post("/account/push", subscription=subscription(), place=f"desk-{stage.desk_id}")
    assert answer.status_code == 201
    assert answer.json is not None
    assert "Written down" in words_of(ann.page(answer.json["watch"]))
    [device] = channels_of(stage, ANN)
    assert device.kind == "push"
    assert "push.example.com" not in device.address.decode("latin-1")
    assert "push.example.com/•••" in ann.page(PAGE)


def test_the_same_device_twice_is_one(stage: Stage) -> None:
    owner, same = stage.sign_in(OWNER), subscription()
    owner.post("/account/push", subscription=same, **place(stage))
    owner.post(f"{PAGE}/kinds", told="went_quiet:push", **place(stage))
    owner.post("/account/push", subscription=same, **place(stage))
    devices = [one for one in channels_of(stage, OWNER) if one.kind == "push"]
    assert [one.disabled_reason for one in devices] == ["removed", None]
    assert "report_ready" in devices[1].muted_kinds  # what was chosen stays chosen


def test_bad_subscriptions_are_refused(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    good = json.loads(subscription())
    bad = (
        "nonsense",
        json.dumps({**good, "endpoint": "http://push.example.com/x"}),
        json.dumps({**good, "endpoint": "https://push.example.com/" + "x" * 2000}),
        json.dumps({**good, "keys": {"p256dh": "AAAA", "auth": "AAAA"}}),
        json.dumps({**good, "keys": {**good["keys"], "p256dh": "B" * 87}}),
    )
    for text in bad:
        answer = owner.post("/account/push", subscription=text, **place(stage))
        assert answer.status_code == 422, text[:80]
        assert answer.json is not None
        assert "again" in answer.json["refused"]
    assert owner.post("/account/push", subscription="x" * 5000).status_code == 400
    assert owner.post("/account/push", subscription="").status_code == 400
    assert Browser(stage.world.app).post("/account/push", subscription="x").status_code == 302


def test_nobody_collects_devices_without_end(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for n in range(19):
        text = subscription(f"https://push.example.com/send/{n}")
        assert owner.post("/account/push", subscription=text, **place(stage)).status_code == 201
    text = subscription("https://push.example.com/send/last")
    assert owner.post("/account/push", subscription=text, **place(stage)).status_code == 422


def test_a_device_that_has_unsubscribed_says_so(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    owner.post("/account/push", subscription=subscription(), **place(stage))
    with stage.world.service.sessions.write() as session:
        gone = "the device has unsubscribed; switch push on again there"
        session.execute(
            update(NotificationChannel)
            .where(NotificationChannel.kind == "push")
            .values(disabled_at=stage.world.clock.now(), disabled_reason=gone)
        )
    assert "The device has unsubscribed." in words_of(owner.page(PAGE))


def test_the_key_of_push_is_ours(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    told = owner.get("/account/push/key").json
    assert told is not None
    assert len(told["key"]) == 87
    assert Browser(stage.world.app).get("/account/push/key").status_code == 302


def test_a_test_leaves_one_entry_for_the_worker(stage: Stage) -> None:
    stage.world.clock.advance(seconds=1)
    stage.sign_in(OWNER).post(f"/account/channels/{stage.channel_id}/test")
    with stage.world.service.sessions.read() as session:
        waiting = session.scalars(select(OutboxEntry).where(OutboxEntry.delivered_at.is_(None)))
        assert [one.topic for one in waiting] == ["send"]
