"""A new host is led from step to step, and need not type what is known already."""

from __future__ import annotations

import re

from sqlalchemy import select

from callassist.accounts.people import add_person, create_account
from callassist.domain.viewer import Role
from callassist.models import Account, Desk, Property
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, LOOKER, OTHER, OWNER, Stage


def newcomer(stage: Stage, who: str = "new", timezone: str = "Europe/Paris") -> tuple[Browser, str]:
    """The owner of an account in which nothing is yet."""
    now, email = stage.world.clock.now(), f"{who}@example.com"
    with stage.world.service.sessions.write() as session:
        account = create_account(session, f"Homes of {who}", now=now, timezone=timezone)
        add_person(session, email, Role.OWNER, now=now, account=account, name="Nora")
    return stage.sign_in(email), account.public_id


def add_home(browser: Browser, name: str = "Mill") -> str:
    answer = browser.post("/homes/new", name=name, timezone="Europe/Paris", country="FR")
    assert answer.status_code == 302
    found = re.search(r'href="/homes/([0-9a-z]{20})"', browser.page("/homes"))
    assert found is not None
    return found[1]


def strip(page: str) -> str:
    """What the strip says; empty when there is none."""
    _before, found, after = page.partition('<nav class="set-up-strip"')
    return words_of(found + after.partition("</nav>")[0]) if found else ""


def test_every_page_says_what_comes_next_until_all_is_set_up(stage: Stage) -> None:
    new, account = newcomer(stage)
    assert "Next: Who takes the calls?" in strip(new.page("/homes"))
    new.post("/set-up/calls", account=account, calls_by="serviced")
    assert "0 of 8 done" in strip(new.page("/homes"))
    assert "Next: Add a home" in strip(new.page("/account/notifications"))
    home = add_home(new)
    assert "Next: Pair a sensor" in strip(new.page(f"/homes/{home}"))
    assert strip(new.page("/")) == "", "there the whole list stands"
    assert strip(new.page("/incidents")) == "", "nothing is set up there"
    assert strip(new.page("/account")) == ""


def test_a_page_does_not_lead_to_itself(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="serviced")
    page = new.page("/homes/new")
    assert "Next: A home" in strip(page)
    assert 'href="/homes/new"' not in page.partition("set-up-next")[2].partition("</nav>")[0]


def test_the_usual_rules_are_kept_from_where_one_is(stage: Stage) -> None:
    stage.hears(50)
    stage.pair()
    owner, rules = stage.sign_in(OWNER), f"/homes/{stage.home_id}/rules"
    assert "Keep the usual ones" in strip(owner.page(rules))
    assert "loud from 75 dB, in quiet hours from 70 dB, and a call after 30 minutes" in strip(
        owner.page(rules)
    )
    owner.post("/set-up/rules", account=stage.account_id)
    assert "Keep the usual ones" not in strip(owner.page(rules))


def test_the_way_is_shown_to_those_alone_who_may_go_it(stage: Stage) -> None:
    assert strip(stage.sign_in(OWNER).page("/homes"))
    assert strip(stage.sign_in(LOOKER).page("/homes")) == ""
    assert strip(stage.sign_in(ANN).page("/desk")) == ""


def test_what_was_set_up_once_is_not_asked_for_again(stage: Stage) -> None:
    stage.hears(50)
    stage.pair()
    owner = stage.sign_in(OWNER)
    owner.post("/set-up/rules", account=stage.account_id)
    owner.post("/set-up/skip", account=stage.account_id, step="practice")
    assert strip(owner.page("/homes")) == ""


def test_a_new_sensor_appears_where_it_is_waited_for(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert "Waiting for the first message" in words_of(owner.page("/sensors/heard?waits=yes"))
    assert words_of(owner.page("/sensors/heard")).strip() == "", "where nobody waits it is nothing"
    stage.hears(52, "hall-<b>7</b>")
    page = owner.page("/sensors/heard")
    assert "hall-&lt;b&gt;7" in page
    assert "It is in Harbour Loft" in words_of(page), "with one home there is no choice"
    at_home = owner.page(f"/sensors/heard?home={stage.home_id}")
    assert "It is in this home" in words_of(at_home)


def test_what_others_hear_is_not_shown(stage: Stage) -> None:
    stage.hears(52, "hall-7")
    other = stage.sign_in(OTHER)
    assert "hall-7" not in other.page("/sensors/heard")
    assert other.get(f"/sensors/heard?home={stage.home_id}").status_code == 404


def test_a_sensor_that_is_heard_before_there_is_a_home_says_what_to_do(stage: Stage) -> None:
    new, _account = newcomer(stage)
    answer = new.post("/connections/new", adapter="generic", name="")
    address = answer.text.partition("/hooks/sensors/")[2].partition('"')[0]
    now = stage.world.clock.now().isoformat()
    body = {"sensor": "hall", "at": now, "level_db": 48.5}
    assert stage.world.client.post(f"/hooks/sensors/{address}", json=body).status_code == 202
    page = words_of(new.page("/sensors/heard"))
    assert "hall" in page
    assert "Add the home first." in page


def test_a_connection_shows_what_to_post(stage: Stage) -> None:
    new, _account = newcomer(stage)
    page = new.post("/connections/new", adapter="generic", name="").text
    assert "What to post" in page
    assert "level_db" in page
    assert "What to post" not in new.post("/connections/new", adapter="minut", name="").text


def test_what_is_known_is_filled_in(stage: Stage) -> None:
    new, _account = newcomer(stage)
    page = new.page("/homes/new")
    assert 'value="Europe/Paris"' in page
    assert "As the time zone says" in page
    assert 'value="Nora"' in page
    home = add_home(new)
    assert 'value="Nora"' in new.page(f"/homes/{home}/contacts/new")
    today = stage.world.clock.now().date()
    assert f'value="{today}T15:00"' in new.page(f"/homes/{home}/stays/new")
    assert 'value="new@example.com"' in new.page("/account/notifications")


def test_nights_stand_for_the_day_of_leaving_where_a_stay_is_new(stage: Stage) -> None:
    new, _account = newcomer(stage)
    home = add_home(new)
    page = new.page(f"/homes/{home}/stays/new")
    group = re.search(r'<div class="cluster" data-nights="11:00"[^>]* hidden>', page)
    assert group is not None, "without a script the buttons would do nothing"
    assert re.findall(r'data-night="(\d+)"', page) == ["1", "2", "3", "4", "5", "7"]
    assert "js/nights.js" in page


def test_a_second_contact_is_somebody_else(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert 'value="Maria"' not in owner.page(f"/homes/{stage.home_id}/contacts/new")


def test_the_first_home_needs_a_name_and_a_zone_and_gives_its_zone_to_the_account(
    stage: Stage,
) -> None:
    new, _account = newcomer(stage, timezone="UTC")
    refused = new.post("/homes/new", name="Barn", timezone="UTC", country="")
    assert refused.status_code == 422, "UTC lies in no country"
    assert 'id="e-country"' in refused.text
    assert new.post("/homes/new", name="Loft", timezone="Asia/Calcutta").status_code == 302
    with stage.world.service.sessions.read() as session:
        home = session.scalars(select(Property).where(Property.name == "Loft")).one()
        account = session.get_one(Account, home.account_id)
    assert home.country == "IN"
    assert account.timezone == "Asia/Calcutta", "whose nights the rota is about"
    assert "Times of Asia/Calcutta" in words_of(new.page("/duty"))
    new.post("/homes/new", name="Mill", timezone="Europe/Paris", country="MC")
    with stage.world.service.sessions.read() as session:
        assert session.get_one(Account, home.account_id).timezone == "Asia/Calcutta"
        mill = session.scalars(select(Property).where(Property.name == "Mill")).one()
    assert mill.country == "MC"


def test_what_a_home_can_do_without_is_folded_until_something_there_is_wrong(stage: Stage) -> None:
    new, _account = newcomer(stage)
    folded = "<details><summary><span>More"
    assert folded in new.page("/homes/new")
    refused = new.post("/homes/new", name="Loft", timezone="Europe/Paris", tags="x" * 500)
    assert refused.status_code == 422
    assert folded not in refused.text
    assert folded not in new.page(f"/homes/{add_home(new)}/edit")


def test_whoever_takes_the_calls_themselves_has_a_desk_at_once(stage: Stage) -> None:
    for choice, has_desk in (("serviced", False), ("on_call", True), ("own_desk", True)):
        new, account = newcomer(stage, choice)
        new.post("/set-up/calls", account=account, calls_by=choice)
        assert len(desks_of(stage, account)) == has_desk
        new.post("/set-up/calls", account=account, calls_by=choice)
        assert len(desks_of(stage, account)) == has_desk, "and one only"
        menu = words_of(new.page("/homes"))
        assert ("Board" in menu) == (choice == "own_desk"), "a rota of phones needs no board"


def desks_of(stage: Stage, account: str) -> list[Desk]:
    with stage.world.service.sessions.read() as session:
        of = select(Account.id).where(Account.public_id == account).scalar_subquery()
        return list(session.scalars(select(Desk).where(Desk.account_id == of)))


def test_the_strip_renews_itself_and_ends_with_the_last_step(stage: Stage) -> None:
    stage.hears(50)
    stage.pair()
    owner = stage.sign_in(OWNER)
    assert "6 of 8 done" in words_of(owner.page("/set-up/strip?at=/homes"))
    owner.post("/set-up/rules", account=stage.account_id)
    owner.post("/set-up/skip", account=stage.account_id, step="practice")
    assert owner.page("/set-up/strip?at=/homes") == ""


def test_a_part_fetched_meanwhile_brings_no_message_back(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    client = owner._client
    renewed = client.get("/homes").headers.getlist("Set-Cookie")
    quiet = client.get("/set-up/strip", headers={"X-Fragment": "1"}).headers.getlist("Set-Cookie")
    assert [each for each in renewed if each.startswith("callassist=")]
    assert quiet == []


def test_a_first_rota_of_phones_begins_with_the_number_that_is_known(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="on_call")
    home = add_home(new)
    new.post(f"/homes/{home}/contacts/new", name="Nora", phone="+12025550103", languages="en")
    first = new.page("/duty")
    assert 'value="+12025550103"' in first
    assert 'name="days" type="text" value="7"' in first
    assert "+12025550103" not in stage.sign_in(OWNER).page("/duty")


def test_only_those_who_may_change_the_rota_see_a_number_in_it(stage: Stage) -> None:
    with stage.world.service.sessions.write() as session:
        session.get_one(Account, stage.account.id).calls_by = "on_call"
    assert "+1202" in stage.sign_in(OWNER).page("/duty")
    assert "+1202" not in stage.sign_in(LOOKER).page("/duty")
