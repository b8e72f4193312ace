"""Who is told: every channel that wants it, once, or the log says why nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.viewer import Role
from callassist.errors import PermanentError
from callassist.models import Desk, Incident, Person, Property
from callassist.notifications import NOTIFY, notify_deliverer
from callassist.outbox import OutboxItem
from tests.notifications.scene import Scene, add_attempt


def test_every_channel_of_the_account_is_told_in_its_own_language(scene: Scene) -> None:
    owner = scene.person("owner")
    scene.channel("push", person_id=owner, language="fr")
    scene.channel("email", "team@example.com")
    scene.tell("call_requested", incident_id=scene.incident())
    assert scene.push.titles == ["Canal 12\u00a0: appel demandé"]
    assert scene.email.titles == ["Canal 12: call requested"]
    assert [row.status for row in scene.log()] == ["sent", "sent"]


def test_names_are_joined_when_sent_and_never_stored(scene: Scene) -> None:
    scene.channel("email")
    scene.tell("guest_reached", incident_id=scene.incident(guest="Marie Dupont"))
    _, message = scene.email.heard[0]
    assert "Marie Dupont" in message.text
    assert "Canal 12" in message.text
    [row] = scene.log()
    assert "Marie" not in str(row.facts)
    assert "Canal" not in str(row.facts)
    with scene.sessions.read() as session:
        kept = session.connection().exec_driver_sql("SELECT payload, error FROM outbox").all()
    assert "Marie" not in str(kept)


def test_a_muted_kind_is_left_out_and_the_other_channel_is_told(scene: Scene) -> None:
    scene.channel("push", muted=["report_ready"])
    scene.channel("email")
    scene.tell("report_ready")
    assert scene.push.heard == []
    assert len(scene.email.heard) == 1
    assert len(scene.log()) == 1


def test_a_kind_switched_off_everywhere_is_in_the_log_with_its_reason(scene: Scene) -> None:
    scene.channel("push", muted=["report_ready"])
    scene.tell("report_ready")
    [row] = scene.log()
    assert (row.status, row.reason) == ("skipped", "switched off on every channel")


def test_noise_started_is_told_only_to_who_asked_for_it(scene: Scene) -> None:
    scene.channel("push")
    scene.channel("email", wanted=["noise_started"])
    scene.tell("noise_started", property_id=scene.home_id)
    assert scene.push.heard == []
    assert scene.email.titles == ["Canal 12: noise"]


def test_without_any_channel_the_log_says_so_once(scene: Scene) -> None:
    scene.tell("guest_reached")
    deliver_again(scene, "guest_reached")
    [row] = scene.log()
    assert (row.channel_id, row.status) == (None, "skipped")
    assert row.reason == "no channel is configured"


def test_fanning_out_twice_tells_each_channel_once(scene: Scene) -> None:
    """A crash after the commit and before the outbox noted it."""
    scene.channel("push")
    scene.channel("email")
    scene.tell("guest_reached", incident_id=scene.incident())
    deliver_again(scene, "guest_reached")
    scene.outbox.run_due()
    assert len(scene.push.heard) == len(scene.email.heard) == 1


def test_who_left_the_account_is_told_nothing(scene: Scene) -> None:
    stranger = scene.person("left", desk_id=scene.desk())
    scene.channel("email", person_id=stranger)
    gone = scene.person("gone")
    scene.channel("push", person_id=gone)
    with scene.sessions.write() as session:
        session.get_one(Person, gone).active = False
    scene.tell("guest_reached")
    assert scene.email.heard == []
    assert scene.push.heard == []
    assert scene.log()[0].reason == "no channel is configured"


def test_an_erased_guest_has_no_name_any_more(scene: Scene) -> None:
    scene.channel("email")
    incident = scene.incident(guest="Marie Dupont")
    with scene.sessions.write() as session:
        session.connection().exec_driver_sql("UPDATE stay SET erased_at = 1")
    scene.tell("guest_reached", incident_id=incident)
    _, message = scene.email.heard[0]
    assert "Marie" not in message.text
    assert "the guest" in message.text


def test_the_message_leads_to_its_page(scene: Scene) -> None:
    scene.channel("email")
    scene.tell("sensor_silent", property_id=scene.home_id)
    _, message = scene.email.heard[0]
    assert message.url == f"https://calls.example.com/homes/{scene.home_public_id}"


def test_a_practice_incident_marks_its_messages(scene: Scene) -> None:
    scene.channel("email")
    scene.tell("sensor_back", facts={"practice": True})
    assert scene.email.titles[0].startswith("[PRACTICE] ")


def test_of_a_home_in_shadow_mode_nothing_leaves_the_house(scene: Scene) -> None:
    scene.channel("email")
    with scene.sessions.write() as session:
        session.scalars(select(Property)).one().shadow_since = scene.now
    scene.tell("sensor_silent", property_id=scene.home_id)
    assert scene.email.titles == []
    [logged] = scene.log()
    assert (logged.status, logged.reason) == ("skipped", "shadow mode: nothing leaves the house")


def test_of_an_incident_in_shadow_mode_nobody_is_told(scene: Scene) -> None:
    scene.channel("email")
    incident = scene.incident()
    with scene.sessions.write() as session:
        session.get_one(Incident, incident).shadow = True
    scene.tell("call_requested", incident_id=incident, facts={"party": "guest"})
    assert scene.email.titles == []


@pytest.mark.parametrize(
    "payload", [{"kind": "shout"}, {}, {"kind": "sensor_back"}, {"kind": "sensor_back", "facts": 3}]
)
def test_a_row_that_makes_no_sense_is_given_up_with_its_name(
    scene: Scene, payload: dict[str, object]
) -> None:
    item = OutboxItem(id=1, topic=NOTIFY, key="odd", payload=payload, attempts=1)
    with pytest.raises(PermanentError):
        notify_deliverer(scene.sessions)(item, scene.now)


def test_supervisors_on_shift_are_paged_without_any_name(scene: Scene) -> None:
    desk = scene.desk()
    supervisor = scene.person("sue", Role.SUPERVISOR, desk_id=desk)
    scene.on_shift(desk, supervisor)
    scene.channel("push", person_id=supervisor, desk_id=desk)
    scene.channel("email", person_id=scene.person("owner"))
    incident = scene.incident(desk_id=desk)
    scene.tell("supervisor_page", desk_id=desk, incident_id=incident, facts={"reason": "emergency"})
    _, message = scene.push.heard[0]
    assert message.title == "Desk: emergency (amber fox)"
    for secret in ("Canal", "Marie", "Delta"):
        assert secret not in f"{message.title}{message.text}{message.html}"
    assert scene.email.heard == []
    [row] = scene.log()
    assert (row.facts["via"], row.account_id) == ("on_shift", None)


def test_a_page_goes_on_to_the_duty_rota_and_then_to_the_owners(scene: Scene) -> None:
    desk = scene.desk()
    scene.channel("email", person_id=scene.person("owner"))
    scene.tell("supervisor_page", "first", desk_id=desk)
    assert [row.facts["via"] for row in scene.log()] == ["owners"]
    manager = scene.person("manager", Role.MANAGER)
    scene.channel("push", person_id=manager)
    scene.on_duty(manager)
    scene.tell("supervisor_page", "second", desk_id=desk)
    assert scene.log()[-1].facts["via"] == "duty_rota"
    assert len(scene.push.heard) == len(scene.email.heard) == 1


def test_the_duty_phone_is_rung_and_then_the_page_goes_on(scene: Scene) -> None:
    desk = scene.desk()
    with scene.sessions.write() as session:
        session.get_one(Desk, desk).duty_phone = scene.vault.seal("+12025550101")
    scene.channel("email", person_id=scene.person("owner"))
    scene.tell("supervisor_page", desk_id=desk)
    assert [(row.status, row.facts["via"]) for row in scene.log()] == [("queued", "duty_phone")]
    scene.tell("supervisor_page", "again", desk_id=desk, facts={"after": "duty_phone"})
    assert [row.facts["via"] for row in scene.log()] == ["duty_phone", "owners"]


def test_a_channel_that_the_desk_shares_is_told_but_the_page_does_not_rest_there(
    scene: Scene,
) -> None:
    desk = scene.desk()
    scene.channel("apprise", desk_id=desk)
    scene.channel("email", person_id=scene.person("owner"))
    scene.tell("supervisor_page", desk_id=desk)
    assert len(scene.apprise.heard) == len(scene.email.heard) == 1


def test_a_page_that_reaches_nobody_says_so(scene: Scene) -> None:
    scene.tell("supervisor_page", desk_id=scene.desk())
    [row] = scene.log()
    assert row.status == "skipped"
    assert row.reason is not None
    assert row.reason.startswith("nobody can be reached")


def test_what_the_rows_say_is_told_and_what_the_writer_says_wins(scene: Scene) -> None:
    scene.channel("email")
    incident = scene.incident()
    with scene.sessions.write() as session:
        for number in (1, 2, 3):
            add_attempt(session, scene.account_id, incident, number, scene.now, counted=number < 3)
    scene.tell("guest_not_reached", incident_id=incident)
    scene.tell("guest_not_reached", "k2", incident_id=incident, facts={"attempts": 3})
    texts = [message.text for _, message in scene.email.heard]
    assert texts[0].startswith("We phoned Marie Dupont twice and could not talk.")
    assert texts[1].startswith("We phoned Marie Dupont 3 times and could not talk.")


def deliver_again(scene: Scene, kind: str) -> None:
    """What a loop does that crashed before it wrote the delivery down."""
    with scene.sessions.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, key FROM outbox WHERE topic = 'notify'"
        )
        row = rows.first()
    assert row is not None
    payload = {"kind": kind, "account_id": scene.account_id, "facts": {}}
    item = OutboxItem(id=row.id, topic=NOTIFY, key=row.key, payload=payload, attempts=2)
    notify_deliverer(scene.sessions)(item, scene.now)
