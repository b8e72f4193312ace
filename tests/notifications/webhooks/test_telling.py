"""What a host's own system hears, how it is signed, and what it never hears."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from callassist.domain.message_kind import STAFF_KINDS, MessageKind
from callassist.domain.webhook_event import EVENTS
from callassist.models import Incident, Property
from callassist.notifications.webhooks.endpoints import (
    change_endpoint,
    rotate_secret,
    set_enabled,
)
from tests.notifications.scene import Scene
from tests.notifications.webhooks.conftest import Hooked
from tests.notifications.webhooks.receiver import Got


def by_hand(secret: str, got: Got) -> str:
    """The signature as the specification says, without the library."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_the_event_tells_ids_the_reference_and_facts_but_nobody(hooked: Hooked) -> None:
    incident = hooked.scene.incident(guest="Marie Dupont")
    facts = {"who": "Sam", "mask": "+33•••01", "minutes": 42, "reason": "Marie said: sorry"}
    hooked.tell("guest_reached", incident_id=incident, facts=facts)
    [got] = hooked.receiver.got
    said = got.said
    assert list(said) == ["type", "timestamp", "data"]
    assert (said["type"], said["timestamp"]) == ("guest.reached", "2026-06-13T20:00:00Z")
    assert said["data"]["property"] == hooked.scene.home_public_id
    assert said["data"]["property_name"] == "Canal 12"
    assert (said["data"]["reference"], said["data"]["minutes"]) == ("amber fox", 42)
    assert said["data"]["practice"] is False
    for secret in ("Marie", "Sam", "+33", "sorry"):
        assert secret not in got.body.decode()
        assert secret not in str([row.body for row in hooked.log()])
    assert got.headers["content-type"] == "application/json"
    [row] = hooked.log()
    assert (row.state, row.attempts, row.last_status) == ("delivered", 1, 204)
    assert hooked.endpoint.last_success_at == hooked.scene.now


def test_the_signature_holds_by_hand_and_with_the_library(hooked: Hooked) -> None:
    hooked.tell()
    [got] = hooked.receiver.got
    assert got.headers["webhook-signature"] == by_hand(hooked.secret, got)
    assert Webhook(hooked.secret).verify(got.body, got.headers) == got.said
    with pytest.raises(WebhookVerificationError):
        Webhook(hooked.secret).verify(got.body + b" ", got.headers)


def test_while_secrets_change_both_sign_and_after_a_day_the_new_one_only(hooked: Hooked) -> None:
    scene = hooked.scene
    with scene.sessions.write() as session:
        _, new = rotate_secret(
            session, scene.vault, hooked.viewer, hooked.endpoint_id, now=scene.now
        )
    hooked.tell()
    hooked.pass_time(hours=25)
    hooked.tell(key="k2")
    both, later = hooked.receiver.got
    signatures = f"{by_hand(new, both)} {by_hand(hooked.secret, both)}"
    assert both.headers["webhook-signature"] == signatures
    assert later.headers["webhook-signature"] == by_hand(new, later)


def test_only_chosen_events_are_sent_and_none_to_who_is_switched_off(hooked: Hooked) -> None:
    scene = hooked.scene
    with scene.sessions.write() as session:
        change_endpoint(
            session, scene.vault, hooked.viewer, hooked.endpoint_id, kinds=["sensor.silent"]
        )
    hooked.tell("guest_reached")
    hooked.tell("sensor_silent", "k2", property_id=scene.home_id)
    assert [one.said["type"] for one in hooked.receiver.got] == ["sensor.silent"]
    with scene.sessions.write() as session:
        set_enabled(session, hooked.viewer, hooked.endpoint_id, enabled=False, now=scene.now)
    hooked.tell("sensor_silent", "k3", property_id=scene.home_id)
    assert len(hooked.receiver.got) == 1


def test_an_alarm_is_told_once_with_its_id_however_often_it_repeats(hooked: Hooked) -> None:
    hooked.tell("needs_you", facts={"key": "still loud", "reason": "still_loud"})
    hooked.tell("needs_you", "k2", facts={"key": "still loud", "reason": "still_loud"})
    [got] = hooked.receiver.got
    assert got.said["type"] == "needs_you.opened"
    assert len(got.said["data"]["needs_you"]) == 20


def test_practice_is_marked(hooked: Hooked) -> None:
    incident = hooked.scene.incident()
    with hooked.scene.sessions.write() as session:
        session.get_one(Incident, incident).practice = True
    hooked.tell("call_requested", incident_id=incident)
    assert hooked.receiver.got[0].said["data"]["practice"] is True


def test_in_shadow_mode_nothing_is_queued(hooked: Hooked) -> None:
    with hooked.scene.sessions.write() as session:
        session.scalars(select(Property)).one().shadow_since = hooked.scene.now
    hooked.tell("sensor_silent", property_id=hooked.scene.home_id)
    assert hooked.log() == []


def test_another_account_hears_nothing(hooked: Hooked) -> None:
    other = Scene(hooked.scene.sessions, hooked.scene.clock)
    other.outbox = hooked.outbox
    other.tell("guest_reached")
    assert hooked.receiver.got == []
    assert hooked.log() == []


def test_every_kind_that_hosts_are_told_is_an_event() -> None:
    not_told = {MessageKind.CHANNEL_TEST, MessageKind.CALL_RESULT, MessageKind.WEBHOOK_DISABLED}
    assert set(EVENTS) == set(MessageKind) - STAFF_KINDS - not_told
    assert len(set(EVENTS.values())) == len(EVENTS)
