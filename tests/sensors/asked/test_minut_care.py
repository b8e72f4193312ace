"""A connected Minut account: homes, the webhook, what was missed, and whether it texts itself."""

from __future__ import annotations

from datetime import timedelta

from callassist.sensors.asked.last_look import AskedNoise
from callassist.sensors.asked.upkeep import wake
from tests.sensors.makers.cloud import Answer


def connected(scene, *homes):
    for home_id in homes or ("home-1",):
        scene.minut.add_home(home_id, "Canal 12", "Hall", "Roof")
    connection_id = scene.connect("minut")
    scene.look_after()
    return connection_id


def test_homes_come_as_sensors_that_wait_to_be_paired_with_the_names_of_their_devices(scene):
    connection_id = connected(scene)
    (sensor,) = scene.sensors().values()
    assert (sensor.external_id, sensor.name) == ("home-1", "Canal 12 (Hall, Roof)")
    assert (sensor.kind, sensor.property_id) == ("notice", None)
    access = scene.access(connection_id)
    assert (access.error, access.failures) == (None, 0)
    assert timedelta(days=1) <= access.next_at - scene.clock.now() <= timedelta(days=1.1)


def test_a_name_that_the_host_gave_stays(scene):
    connected(scene)
    (sensor,) = scene.sensors().values()
    scene.homes.change(type(sensor), sensor.id, name="Terrace")
    scene.clock.advance(days=2)
    scene.look_after()
    assert scene.sensors()["home-1"].name == "Terrace"


def test_more_homes_than_fit_on_a_page_all_come(scene):
    connected(scene, *(f"home-{number}" for number in range(230)))
    assert len(scene.sensors()) == 230


def test_pages_that_never_end_are_told_and_stop(scene):
    scene.minut.has_endless_pages = True
    connection_id = scene.connect("minut")
    scene.look_after()
    assert "never end" in scene.access(connection_id).error
    assert scene.access(connection_id).failures == 1


def test_a_delivery_to_the_registered_webhook_is_believed_by_its_signature(scene):
    connected(scene)
    delivery = scene.minut.deliver("home-1", "disturbance_first_notice", scene.clock.now())
    assert scene.post(delivery) == 202
    assert [one[1] for one in scene.readings("home-1")] == ["notice"]


def test_a_forged_delivery_is_refused(scene):
    connected(scene)
    good = scene.minut.deliver("home-1", "disturbance_ended", scene.clock.now())
    changed = good.body.replace(b"home-1", b"home-2")
    assert scene.post(type(good)(good.url, good.headers, changed)) == 401
    # a false signature is not saved by the right token
    false = {**good.headers, "X-Minut-Signature": "0" * 64}
    assert scene.post(type(good)(good.url, false, good.body)) == 401
    assert scene.readings("home-1") == []


def test_a_delivery_without_a_signature_is_believed_by_its_token_alone(scene):
    """Which header carries the signature is not confirmed."""
    connected(scene)
    scene.minut.signs = False
    good = scene.minut.deliver("home-1", "disturbance_first_notice", scene.clock.now())
    assert scene.post(good) == 202
    (hook,) = scene.minut.hooks.values()
    false = good.body.replace(hook["token"].encode(), b"guessed")
    assert scene.post(type(good)(good.url, good.headers, false)) == 401


def test_a_webhook_that_is_gone_is_registered_anew_within_a_day(scene):
    connection_id = connected(scene)
    before = scene.minut.deliver("home-1", "disturbance_ended", scene.clock.now())
    scene.minut.hooks.clear()
    scene.clock.advance(hours=27)
    scene.look_after()
    assert len(scene.minut.hooks) == 1
    assert scene.access(connection_id).hook_id in scene.minut.hooks
    after = scene.minut.deliver("home-1", "disturbance_first_notice", scene.clock.now())
    assert after.url != before.url
    scene.homes.connections._known.clear()  # as after five seconds
    assert scene.post(after) == 202
    assert scene.post(before) == 404


def test_a_webhook_that_is_there_stays_as_it_is(scene):
    connected(scene)
    scene.clock.advance(hours=27)
    scene.look_after()
    assert len(scene.minut.requests("POST /v8/webhooks")) == 1
    assert not scene.minut.requests("DELETE")


def test_registering_is_tried_again_soon_when_minut_asks_to_wait(scene):
    scene.minut.add_home("home-1", "Canal 12")
    scene.minut.fail("POST /v8/webhooks", Answer(429, {}, {"Retry-After": "120"}))
    connection_id = scene.connect("minut")
    scene.look_after()
    access = scene.access(connection_id)
    assert "wait" in access.error
    assert access.next_at - scene.clock.now() == timedelta(seconds=120)
    assert list(scene.sensors()) == ["home-1"]  # what worked stays
    scene.clock.advance(minutes=2, seconds=10)
    scene.look_after()
    assert scene.access(connection_id).error is None
    assert len(scene.minut.hooks) == 1


def test_what_minut_heard_while_we_were_down_is_read_back_once(scene):
    connection_id = connected(scene)
    scene.pair("home-1")
    scene.clock.advance(hours=2)
    loud, quiet = scene.clock.now() - timedelta(hours=1), scene.clock.now() - timedelta(minutes=20)
    scene.minut.heard("home-1", "noise_detected", loud)
    scene.minut.heard("home-1", "noise_quieted", quiet)
    for _ in range(2):
        with scene.sessions.write() as session:
            wake(session, scene.clock.now())
        assert scene.look_after() == 1
    assert scene.access(connection_id).error is None
    heard = [(at, kind) for at, kind, _ in scene.readings("home-1")]
    assert heard == [(loud, "noise_started"), (quiet, "notice_ended")]


def test_what_the_webhook_told_is_not_told_again_by_the_list_of_events(scene):
    connected(scene)
    scene.pair("home-1")
    scene.clock.advance(minutes=30)
    at = scene.clock.now()
    scene.post(scene.minut.deliver("home-1", "disturbance_first_notice", at))
    scene.minut.heard("home-1", "noise_detected", at - timedelta(seconds=40))
    with scene.sessions.write() as session:
        wake(session, scene.clock.now())
    scene.look_after()
    assert [kind for _, kind, _ in scene.readings("home-1")] == ["notice"]


def test_noise_that_is_read_back_late_starts_no_call(scene):
    connected(scene)
    scene.pair("home-1")
    scene.clock.advance(hours=2)
    scene.minut.heard("home-1", "noise_detected", scene.clock.now() - timedelta(minutes=50))
    with scene.sessions.write() as session:
        wake(session, scene.clock.now())
    scene.look_after()
    scene.homes.wait(minutes=3)
    (breach,) = scene.homes.breaches()
    assert breach.escalated_at is None


def test_minuts_own_texts_to_guests_are_noted_where_it_says_so(scene):
    scene.minut.add_home("home-1", "Canal 12", guest_messages_enabled=True)
    scene.minut.add_home("home-2", "Canal 14", guest_messages_enabled=False)
    scene.minut.add_home("home-3", "Canal 16")
    scene.connect("minut")
    scene.look_after()
    found = {key: one.own_messages for key, one in scene.sensors().items()}
    assert found == {"home-1": True, "home-2": False, "home-3": None}


def test_what_the_host_says_of_texts_stays_while_minut_says_nothing(scene):
    connected(scene)
    (sensor,) = scene.sensors().values()
    scene.homes.change(type(sensor), sensor.id, own_messages=True)
    scene.clock.advance(days=2)
    scene.look_after()
    assert scene.sensors()["home-1"].own_messages is True


def test_right_before_a_call_minut_is_asked_and_its_quiet_ends_the_noise(scene):
    connected(scene)
    home = scene.pair("home-1")
    scene.post(scene.minut.deliver("home-1", "disturbance_third_notice", scene.clock.now()))
    assert scene.homes.breaches()[0].ended_at is None
    scene.clock.advance(minutes=3)
    scene.minut.heard("home-1", "noise_quieted", scene.clock.now() - timedelta(seconds=30))
    assert AskedNoise(scene.asking).refresh(home, scene.clock.now())
    assert scene.homes.breaches()[0].end_reason == "calm"


def test_nobody_is_asked_about_a_home_without_noise(scene):
    connected(scene)
    home = scene.pair("home-1")
    assert not AskedNoise(scene.asking).refresh(home, scene.clock.now())
    assert not scene.minut.requests("events")


def test_a_last_look_that_fails_says_so_and_changes_nothing(scene):
    connected(scene)
    home = scene.pair("home-1")
    scene.post(scene.minut.deliver("home-1", "disturbance_third_notice", scene.clock.now()))
    scene.minut.fail("events", Answer(500, b"<html>"))
    assert not AskedNoise(scene.asking).refresh(home, scene.clock.now())
    assert scene.homes.breaches()[0].ended_at is None
