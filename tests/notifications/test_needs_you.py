"""An alarm goes along the duty rota until somebody takes it."""

from __future__ import annotations

import pytest

from callassist import incident_log
from callassist.domain.viewer import Role, Viewer
from callassist.errors import NotFound
from callassist.models import Incident, NeedsYou
from callassist.notifications import acknowledge, waiting
from tests.notifications.scene import Listener, Scene

FACTS = {"reason": "guest_refused", "key": "inc:guest_refused"}


def _open(scene: Scene, incident_id: int | None = None) -> NeedsYou:
    scene.tell("needs_you", facts=FACTS, incident_id=incident_id, property_id=scene.home_id)
    with scene.sessions.read() as session:
        [alarm] = waiting(session, Viewer(name="all", is_admin=True))
    return alarm


def _minutes(scene: Scene, listener: Listener, minutes: int) -> list[int]:
    """The minutes (from now) at which the listener was told, over a stretch of time."""
    told = []
    for minute in range(minutes + 1):
        before = len(listener.heard)
        scene.pass_time(minutes=1 if minute else 0)
        told += [minute] * (len(listener.heard) - before)
    return told


def test_a_person_is_told_by_push_then_apprise_then_mail_and_round_again(scene: Scene) -> None:
    owner = scene.person("owner")
    for kind in ("push", "apprise", "email"):
        scene.channel(kind, person_id=owner)
    start = scene.now
    _open(scene)
    _minutes(scene, scene.push, 20)
    told = {
        row.kind + str((row.created_at - start).seconds // 60)
        for row in scene.log()
        if row.status == "sent"
    }
    assert told == {f"needs_you{minute}" for minute in (0, 2, 5, 10, 12, 15, 20)}
    assert len(scene.push.heard) == 3
    assert len(scene.apprise.heard) == len(scene.email.heard) == 2


def test_the_next_person_on_duty_is_told_ten_minutes_later(scene: Scene) -> None:
    first, second = scene.person("first"), scene.person("second", Role.MANAGER)
    scene.person("sleeps")
    scene.channel("push", person_id=first)
    scene.channel("email", person_id=second)
    scene.on_duty(first, 1)
    scene.on_duty(second, 2)
    _open(scene)
    assert len(scene.push.heard) == 1
    assert _minutes(scene, scene.email, 14) == [10]
    assert _minutes(scene, scene.push, 10) == [1]  # minute 15: round again


def test_hops_that_are_not_configured_are_recorded_once_with_their_reason(scene: Scene) -> None:
    scene.channel("email", person_id=scene.person("owner"))
    _open(scene)
    scene.pass_time(minutes=5)
    scene.pass_time(minutes=5)
    skipped = [row.reason for row in scene.log() if row.status == "skipped"]
    assert skipped == [
        "no push channel is configured for who has duty",
        "text messages are not set up for who has duty",
        "no voice call is set up for who has duty",
    ]
    assert len(scene.email.heard) == 3  # at once, since nothing stands before it


def test_a_rota_of_phones_only_falls_back_to_everybody(scene: Scene) -> None:
    scene.on_duty(None)
    scene.channel("push", person_id=scene.person("owner"))
    _open(scene)
    assert len(scene.push.heard) == 1


def test_without_any_channel_it_keeps_trying(scene: Scene) -> None:
    _open(scene)
    assert scene.log()[-1].reason == "no channel is configured"
    scene.channel("push", person_id=scene.person("owner"))
    scene.pass_time(minutes=5)
    assert len(scene.push.heard) == 1


def test_acknowledging_stops_it_and_is_logged_without_a_name(scene: Scene) -> None:
    scene.channel("push", person_id=scene.person("owner"))
    incident = scene.incident()
    alarm = _open(scene, incident)
    with scene.sessions.write() as session:
        assert acknowledge(session, "Olga Owner", alarm.id, scene.now)
    with scene.sessions.write() as session:
        assert not acknowledge(session, "Paul", alarm.id, scene.now)
    assert _minutes(scene, scene.push, 30) == []
    with scene.sessions.read() as session:
        kept = session.get_one(NeedsYou, alarm.id)
        assert (kept.acknowledged_by, kept.acknowledged_at) == ("Olga Owner", alarm.opened_at)
        [entry] = incident_log.entries(session, incident)
    assert entry.action == "acknowledged"
    assert entry.data == {"needs_you_id": alarm.id, "by": "host"}


def test_acknowledging_what_does_not_exist_is_refused(scene: Scene) -> None:
    with pytest.raises(NotFound), scene.sessions.write() as session:
        acknowledge(session, "Olga", 404, scene.now)


def test_the_same_reason_opens_one_alarm(scene: Scene) -> None:
    scene.channel("push", person_id=scene.person("owner"))
    _open(scene)
    scene.tell("needs_you", "another-key", facts=FACTS)
    assert len(scene.push.heard) == 1


def test_an_alarm_is_shown_to_its_account_only(scene: Scene) -> None:
    alarm = _open(scene)
    roles = frozenset({Role.VIEWER})
    with scene.sessions.read() as session:
        mine = waiting(session, Viewer(name="me", account_roles={scene.account_id: roles}))
        theirs = waiting(session, Viewer(name="x", account_roles={scene.account_id + 1: roles}))
    assert [one.id for one in mine] == [alarm.id]
    assert theirs == []


def test_the_link_leads_to_the_alarm(scene: Scene) -> None:
    scene.channel("push", person_id=scene.person("owner"))
    alarm = _open(scene)
    _, message = scene.push.heard[0]
    assert message.url == f"https://calls.example.com/needs-you/{alarm.public_id}"
    assert message.urgent


def test_an_alarm_of_a_rehearsal_ends_with_it(scene: Scene) -> None:
    scene.channel("push")
    rehearsal = scene.incident()
    with scene.sessions.write() as session:
        session.get_one(Incident, rehearsal).practice = True
    scene.tell("needs_you", incident_id=rehearsal, facts={"reason": "nobody_reached"})
    told = len(scene.push.titles)
    assert told == 1
    assert scene.push.titles[0].startswith("[PRACTICE] ")
    with scene.sessions.write() as session:
        session.get_one(Incident, rehearsal).closed_at = scene.now
    scene.pass_time(hours=1)
    assert len(scene.push.titles) == told
