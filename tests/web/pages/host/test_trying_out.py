"""The practice alert, shadow mode and the guest's link, as hosts use them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callassist.models import Incident, Stay
from tests.web.pages.browser import words_of
from tests.web.pages.stage import HOME, LOOKER, OTHER, OWNER
from tests.web.pages.test_query_counts import statements


def _first_stay(stage):
    with stage.world.service.sessions.read() as session:
        query = select(Stay.public_id).where(Stay.property_id == stage.home.id)
        return session.scalars(query).one()


def test_a_practice_alert_begins_and_is_watched_on_its_incident(stage):
    owner = stage.sign_in(OWNER)
    assert "Nobody real is phoned" in owner.get(f"/homes/{stage.home_id}/practice").text
    answer = owner.post(f"/homes/{stage.home_id}/practice")
    assert answer.location.startswith("/incidents/")
    assert stage.incident().practice
    page = owner.get(answer.location).text
    assert "practice" in page.lower()
    assert "Watch the one that is running" in owner.get(f"/homes/{stage.home_id}/practice").text
    again = owner.post(f"/homes/{stage.home_id}/practice")
    assert again.status_code == 422
    assert "running already" in again.text


def test_a_practice_alert_walks_to_its_report_and_leaves_every_figure_alone(stage):
    owner = stage.sign_in(OWNER)
    owner.post(f"/homes/{stage.home_id}/practice")
    stage.world.pass_time(minutes=4, step=timedelta(seconds=2))
    incident = stage.incident()
    assert (incident.practice, incident.resolution) == (True, "host_reached")
    page = owner.get(f"/incidents/{incident.public_id}").text
    assert "/reports/" in page


def test_shadow_mode_is_switched_on_and_off_and_says_what_it_means(stage):
    owner = stage.sign_in(OWNER)
    path = f"/homes/{stage.home_id}/shadow"
    assert "We would have called nobody" in owner.get(path).text
    owner.post(path, mode="on")
    page = owner.get(path).text
    assert "Shadow mode is on since" in page
    assert "This home is not covered" in page
    refused = owner.post(f"/homes/{stage.home_id}/call", complaint="Loud")
    assert refused.status_code == 422
    assert "shadow mode" in refused.text
    owner.post(path, mode="off")
    assert "Begin shadow mode" in owner.get(path).text


def test_the_list_of_calls_that_were_not_made_costs_the_same_for_one_and_for_ten(stage):
    owner = stage.sign_in(OWNER)
    path = f"/homes/{stage.home_id}/shadow"
    _in_shadow(stage, 1)
    assert "We would have made one call" in owner.get(path).text
    before = statements(stage, owner, path)
    _in_shadow(stage, 9)
    assert "We would have made 10 calls" in owner.get(path).text
    assert statements(stage, owner, path) == before
    past = words_of(owner.page(f"/homes/{stage.home_id}/history"))
    assert past.count("shadow mode: nobody was called") == 10


def _in_shadow(stage, count):
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        for _ in range(count):
            session.add(
                Incident(
                    reference="amber-fox",
                    account_id=stage.home.account_id,
                    property_id=stage.home.id,
                    policy={},
                    cadence={},
                    state="closed",
                    resolution="went_quiet",
                    shadow=True,
                    opened_at=now - timedelta(hours=1),
                    opened_by="noise",
                    call_requested_at=now - timedelta(minutes=40),
                    closed_at=now,
                    language="en",
                )
            )


def test_the_host_copies_the_guests_link_and_makes_a_new_one(stage):
    owner = stage.sign_in(OWNER)
    path = f"/stays/{_first_stay(stage)}/guest-link"
    first = _link(owner.get(path).text)
    assert first == _link(owner.get(path).text)
    page = stage.world.app.test_client().get(first)
    assert page.status_code == 200
    assert HOME not in page.text
    owner.post(f"{path}/renew")
    second = _link(owner.get(path).text)
    assert second != first
    assert stage.world.app.test_client().get(first).status_code == 404


def test_the_house_rule_is_kept_as_typed_and_refused_when_too_long(stage):
    owner = stage.sign_in(OWNER)
    path = f"/stays/{_first_stay(stage)}/guest-link"
    owner.post(path, house_rule="No <b>parties</b>")
    page = owner.get(path).text
    assert "No &lt;b&gt;parties&lt;/b&gt;" in page
    guest = stage.world.app.test_client().get(_link(page)).text
    assert "No &lt;b&gt;parties&lt;/b&gt;" in guest
    refused = owner.post(path, house_rule="x" * 300)
    assert refused.status_code == 422
    assert "x" * 300 in refused.text
    assert "At most 255 characters." in refused.text


def test_a_stay_that_is_over_has_no_link_any_more(stage):
    owner = stage.sign_in(OWNER)
    stage.world.clock.set(stage.world.clock.now() + timedelta(days=30))
    page = owner.get(f"/stays/{_first_stay(stage)}/guest-link").text
    assert "This stay is over" in page


def test_others_find_none_of_it_and_who_may_only_look_changes_nothing(stage):
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    home, stay = stage.home_id, _first_stay(stage)
    for path in (f"/homes/{home}/practice", f"/homes/{home}/shadow", f"/stays/{stay}/guest-link"):
        assert other.get(path).status_code == 404
    assert looker.post(f"/homes/{home}/practice").status_code == 403
    assert looker.post(f"/homes/{home}/shadow", mode="on").status_code == 403
    assert looker.post(f"/stays/{stay}/guest-link/renew").status_code == 403


def _link(page):
    return "/g/" + page.split("/g/")[1].split('"')[0]
