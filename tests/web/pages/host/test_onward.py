"""From an empty account to a covered home: each step that is saved leads to the next one."""

from __future__ import annotations

import re

from sqlalchemy import select

from callassist.models import HostContact, Operator, Person, Property, Shift, TeamChange
from callassist.web.pages.host.own_roster import roster_url
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.host.test_setting_up import newcomer
from tests.web.pages.stage import ANN, LOOKER, OTHER, OWNER, Stage

PHONE = "+12025550103"
HOME = {"name": "Mill", "timezone": "Europe/Paris", "country": "FR"}


def paired(stage: Stage, browser: Browser) -> str:
    """A sensor is connected, heard and paired; where that leads."""
    made = browser.post("/connections/new", adapter="generic", name="")
    address = made.text.partition("/hooks/sensors/")[2].partition('"')[0]
    body = {"sensor": "hall", "at": stage.world.clock.now().isoformat(), "level_db": 48.5}
    assert stage.world.client.post(f"/hooks/sensors/{address}", json=body).status_code == 202
    stage.world.run()
    heard = browser.page("/sensors/heard")
    sensor, home = (
        heard.partition(f'name="{name}" value="')[2][:20] for name in ("sensor", "home")
    )
    return browser.post("/sensors/pair", sensor=sensor, home=home).location


def stay(stage: Stage, browser: Browser, there: str) -> str:
    now = stage.world.clock.now()
    days = {"check_in_at": f"{now.date()}T15:00", "check_out_at": f"{now.year + 1}-01-02T11:00"}
    return browser.post(there, **days, guest_name="Robin", numbers=PHONE).location


def test_each_step_leads_to_the_next(stage: Stage) -> None:
    new, account = newcomer(stage)
    assert new.post("/set-up/calls", account=account, calls_by="serviced").location == "/homes/new"
    assert new.post("/homes/new", **HOME, phone=PHONE).location == "/connections/new"
    there = paired(stage, new)
    assert there.endswith("/stays/new"), "number and rules came with the home"
    assert stay(stage, new, there) == "/account/notifications"


def test_a_rota_of_phones_ends_the_way(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="on_call")
    new.post("/homes/new", **HOME, phone=PHONE)
    for step in ("sensor", "guest", "channel"):
        there = new.post("/set-up/skip", account=account, step=step, on="yes").location
    assert there == "/duty"
    page = new.page("/duty")
    assert f'value="{PHONE}"' in page
    today = stage.world.clock.now().date()
    answer = new.post(
        "/duty",
        account=account,
        name="Nora",
        phone=PHONE,
        starts_at=f"{today}T22:00",
        ends_at=f"{today}T23:00",
        languages=["en", "fr"],
    )
    assert answer.location == "/", "where it says whether the night is covered"
    assert "Rehearse" in words_of(new.page("/"))


def test_an_own_desk_gets_its_first_operator_and_shift_from_the_host(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="own_desk")
    new.post("/homes/new", **HOME, phone=PHONE)
    for step in ("sensor", "guest", "channel"):
        there = new.post("/set-up/skip", account=account, step=step, on="yes").location
    assert there == "/board/operators"
    for _ in range(2):  # the second time changes nothing
        assert new.post("/board/operators/me").location == "/board/shifts"
    assert "I take calls too" not in new.page("/board/operators")
    with stage.world.service.sessions.read() as session:
        who = select(Person.id).where(Person.email == "new@example.com").scalar_subquery()
        mine = session.scalars(select(Operator).where(Operator.person_id == who)).one()
        noted = session.scalars(select(TeamChange.action).where(TeamChange.desk_id == mine.desk_id))
        assert list(noted) == ["takes_calls"]
    assert mine.languages == ["en"], "others are theirs to say"
    today = stage.world.clock.now().date()
    hours = {"starts_at": f"{today}T22:00", "ends_at": f"{today}T23:30"}
    assert new.post("/board/shifts/new", operator=mine.public_id, **hours).location == "/"
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Shift).where(Shift.operator_id == mine.id)).one()


def test_operators_are_named_by_who_runs_the_desk_alone(stage: Stage) -> None:
    for who in (OWNER, LOOKER, OTHER, ANN):
        browser = stage.sign_in(who)
        assert browser.get("/board/operators").status_code == 404
        assert browser.post("/board/operators/me").status_code == 404


def test_a_second_home_does_not_lead_away(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    there = owner.post("/homes/new", **HOME).location
    assert "Mill" in owner.page(there)
    assert there.startswith("/homes/")
    assert "Quiet hours and limits" in words_of(owner.page("/")), "rules are still asked for"


def test_a_wrong_number_keeps_the_home_from_being_added(stage: Stage) -> None:
    new, account = newcomer(stage)
    refused = new.post("/homes/new", **HOME, phone="12")
    assert refused.status_code == 422
    assert 'id="e-phone"' in refused.text
    assert 'value="Mill"' in refused.text
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Property).where(Property.name == "Mill")).all() == []
    new.post("/homes/new", **HOME, phone=PHONE)
    with stage.world.service.sessions.read() as session:
        mill = select(Property.id).where(Property.name == "Mill").scalar_subquery()
        contact = session.scalars(select(HostContact).where(HostContact.property_id == mill)).one()
    assert contact.name == "Nora"
    assert account


def test_a_night_that_nobody_has_is_filled_where_the_roster_is(stage: Stage) -> None:
    for choice, there in (("own_desk", "/board/shifts"), ("on_call", "/duty")):
        new, account = newcomer(stage, choice)
        new.post("/set-up/calls", account=account, calls_by=choice)
        new.post("/homes/new", **HOME, phone=PHONE)
        new.post("/set-up/skip", account=account, step="takers")
        assert f'<a href="{there}">Put somebody on the roster.</a>' in new.page(home_of(new))
    with stage.world.service.sessions.read() as session:
        assert roster_url(session, stage.account.id) == "", "whoever is served has none"


def home_of(browser: Browser) -> str:
    found = re.search(r'href="(/homes/[0-9a-z]{20})"', browser.page("/homes"))
    assert found is not None
    return found[1]
