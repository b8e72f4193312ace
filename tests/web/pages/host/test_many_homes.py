"""The list of homes: narrowed, paged; several given one set of rules, and that taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts.properties import PropertyInput, pause_property, update_property
from callassist.models import Property, Sensor
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.host.test_rules import a_loud_night, saved
from tests.web.pages.stage import ADMIN, ANN, LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import counting, statements


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def own_homes(stage: Stage) -> list[Property]:
    with stage.world.service.sessions.read() as session:
        query = select(Property).where(Property.account_id == stage.account.id)
        return list(session.scalars(query.order_by(Property.name)))


def label(stage: Stage, home: Property, **values: object) -> None:
    with stage.world.service.sessions.write() as session:
        typed = PropertyInput(**values)  # type: ignore[arg-type]
        update_property(session, ADMIN, home.public_id, typed)


def listed(page: str) -> list[str]:
    return re.findall(r'<a href="/homes/\w+"><strong>([^<]+)</strong>', page)


def picked(policy: str, *homes: Property) -> dict[str, str | list[str]]:
    return {"policy": policy, "home": [home.public_id for home in homes]}


# -- narrowed


def test_homes_are_narrowed_by_location_and_tag_whatever_the_capitals(
    stage: Stage, owner: Browser
) -> None:
    stage.more_homes(2)
    harbour, first, second = own_homes(stage)
    label(stage, harbour, location="Nice", tags=["sea"])
    label(stage, first, location="Nice", tags=["hill", "<b>big</b>"])
    label(stage, second, location="Lyon")
    assert listed(owner.page("/homes?location=nice")) == [harbour.name, first.name]
    assert listed(owner.page("/homes?tag=SEA")) == [harbour.name]
    page = owner.page("/homes?location=Nice&tag=hill")
    assert listed(page) == [first.name]
    assert "&lt;b&gt;big&lt;/b&gt;" in page
    assert "<b>big" not in page
    shown = words_of(page)
    assert "1 home of 3 fits." in shown
    assert "Leave out: location: Nice" in shown
    assert 'href="/homes?tag=hill"' in page
    assert '<option value="Nice" selected>' in page


@pytest.mark.parametrize("state", ["covered", "not_covered", "paused", "shadow"])
def test_homes_are_narrowed_by_their_state_tonight(
    stage: Stage, owner: Browser, state: str
) -> None:
    stage.hears(50)
    stage.pair()
    stage.more_homes(2)
    harbour, paused, shadow = own_homes(stage)
    with stage.world.service.sessions.write() as session:
        now = stage.world.clock.now()
        until = now + timedelta(hours=20)
        pause_property(session, ADMIN, paused.public_id, until, now=now)
        session.get_one(Property, shadow.id).shadow_since = now
    expected = {
        "covered": [harbour],
        "not_covered": [paused, shadow],
        "paused": [paused],
        "shadow": [shadow],
    }[state]
    page = owner.page(f"/homes?state={state}")
    assert listed(page) == [home.name for home in expected]
    count = len(expected)
    assert re.search(rf'value="{state}" selected>[^<]+ \({count}\)<', page)
    assert "overed" not in words_of(page)  # nobody is really phoned


def test_nothing_that_fits_is_said_with_a_way_back(stage: Stage, owner: Browser) -> None:
    page = owner.page("/homes?q=nowhere&state=paused")
    shown = words_of(page)
    assert "No home fits" in shown
    assert "You have 1 home, but it is not like this." in shown
    assert 'href="/homes?state=paused"' in page
    assert 'href="/homes?q=nowhere"' in page


def test_the_choice_is_kept_from_page_to_page_and_the_count_is_honest(
    stage: Stage, owner: Browser
) -> None:
    stage.more_homes(24)
    for home in own_homes(stage)[1:]:
        label(stage, home, tags=["new"])
    page = owner.page("/homes?tag=new")
    assert len(listed(page)) == 20
    assert "24 homes of 25 fit." in words_of(page)
    assert "Shown here: 1 to 20." in words_of(page)
    following = page.partition('href="/homes?tag=new&amp;page=2"')
    assert following[1]
    second = owner.page("/homes?tag=new&page=2")
    assert len(listed(second)) == 4
    assert "Shown here: 21 to 24." in words_of(second)
    assert listed(owner.page("/homes?tag=new&page=99")) == listed(second)


def test_filters_show_nothing_of_other_accounts(stage: Stage, owner: Browser) -> None:
    label(stage, stage.other_home, location="Secret Bay", tags=["secret"])
    page = owner.page("/homes?tag=secret")
    assert "Secret Bay" not in page
    assert '<option value="secret"' not in page
    assert "No home fits" in page
    assert stage.sign_in(ANN).get("/homes").status_code == 404


def test_location_and_tags_are_typed_on_the_homes_own_page(stage: Stage, owner: Browser) -> None:
    path = f"/homes/{stage.home_id}/edit"
    form = {"name": "Mill", "timezone": "Europe/Paris", "country": "FR"}
    tags = ",".join(str(n) for n in range(11))
    refused = owner.post(path, **form, location="Nice", tags=tags)
    assert refused.status_code == 422
    assert "At most 10 tags; leave some out." in refused.text
    assert f'value="{tags}"' in refused.text
    assert owner.post(path, **form, location="Nice", tags="sea, big").status_code == 302
    assert 'value="big, sea"' in owner.page(path)
    assert "Nice" in words_of(owner.page(f"/homes/{stage.home_id}"))
    wrong = owner.post(path, **{**form, "timezone": "Paris"})
    assert "Not a time zone; did you mean Europe/Paris?" in words_of(wrong.text)


# -- several at once


def test_what_changes_is_shown_before_anything_does(stage: Stage, owner: Browser) -> None:
    a_loud_night(stage)
    stage.more_homes(2)
    policy = saved(stage, owner, threshold_db="70", name="City <i>flats</i>").rpartition("/")[2]
    harbour, first, _second = own_homes(stage)
    page = owner.post("/homes/rules", **picked(policy, harbour, first)).text
    shown = words_of(page)
    assert "“City <i>flats</i>” for 2 homes" in shown
    assert "<i>flats" not in page
    assert "1 home has these rules already" in shown
    assert "Loud from 75 dB 70 dB" in shown
    assert "Give 1 home these rules" in shown
    assert "Nothing was recorded in these homes" in shown
    assert own_homes(stage)[1].policy_id is None


def test_the_calls_of_the_last_nights_are_compared(stage: Stage, owner: Browser) -> None:
    a_loud_night(stage)
    stage.more_homes(1)
    path = saved(stage, owner, threshold_db="80", quiet_threshold_db="80")
    policy = path.rpartition("/")[2]
    owner.post(f"/homes/{stage.home_id}/rules", policy="")
    shown = words_of(owner.post("/homes/rules", **picked(policy, *own_homes(stage))).text)
    assert "These rules would have asked for 0 calls." in shown
    assert "The rules that the homes have now: 1 call." in shown
    assert "1 home of 2 was heard in this time." in shown


def test_rules_are_given_and_taken_back_in_one_step(stage: Stage, owner: Browser) -> None:
    stage.more_homes(2)
    policy = saved(stage, owner).rpartition("/")[2]
    ids = " ".join(home.public_id for home in own_homes(stage))
    answer = owner.post("/homes/rules/give", homes=ids, policy=policy, tag="", state="not_covered")
    assert answer.location == "/homes?state=not_covered"
    page = owner.page("/homes")
    assert "2 homes have other rules now." in words_of(page)
    assert "Maria gave 2 homes “City flats”." in words_of(page)
    assert len({home.policy_id for home in own_homes(stage)}) == 1
    change = page.partition('name="change" value="')[2].partition('"')[0]
    assert stage.sign_in(OTHER).post("/homes/rules/undo", change=change).status_code == 404
    assert stage.sign_in(LOOKER).post("/homes/rules/undo", change=change).status_code == 403
    owner.post("/homes/rules/undo", change=change)
    page = words_of(owner.page("/homes"))
    assert "Undone: 2 homes have their rules back." in page
    assert "Maria gave" not in page
    assert [home.policy_id is None for home in own_homes(stage)] == [False, True, True]
    owner.post("/homes/rules/undo", change=change)
    assert "cannot be undone any more" in words_of(owner.page("/homes"))


def test_rules_of_one_home_are_taken_back_on_its_own_page(stage: Stage, owner: Browser) -> None:
    policy = saved(stage, owner).rpartition("/")[2]
    path = f"/homes/{stage.home_id}/rules"
    owner.post(path, policy="")
    page = owner.page(path)
    assert "Given by Maria" in words_of(page)
    change = page.partition('name="change" value="')[2].partition('"')[0]
    answer = owner.post("/homes/rules/undo", change=change, home=stage.home_id)
    assert answer.location == path
    assert policy in owner.page(path)
    stage.world.pass_time(minutes=11, step=timedelta(minutes=11))
    assert "Given by Maria" not in words_of(owner.page(path))


def test_the_undo_of_a_set_itself_is_not_hidden_by_giving_it(stage: Stage, owner: Browser) -> None:
    stage.more_homes(1)
    path = saved(stage, owner)
    from_page = owner.page(path)
    assert 'name="change"' not in from_page
    form = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', from_page))
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    form |= {"threshold_db": "80", "do": "save"}
    assert owner.post(path, **{**form, "quiet_1_days": days}).status_code == 302
    ids = " ".join(home.public_id for home in own_homes(stage))
    owner.post("/homes/rules/give", homes=ids, policy=path.rpartition("/")[2])
    page = owner.page(path)
    assert "Given to homes" in words_of(page)
    assert 'name="change"' in page


def test_all_that_fit_are_picked_across_the_pages(stage: Stage, owner: Browser) -> None:
    stage.more_homes(24)
    policy = saved(stage, owner).rpartition("/")[2]
    for home in own_homes(stage)[3:]:
        label(stage, home, tags=["new"])
    answer = owner.post("/homes/rules", policy=policy, all="yes", tag="new")
    assert "Give 22 homes these rules" in words_of(answer.text)


def test_homes_of_others_and_nothing_picked_are_refused(stage: Stage, owner: Browser) -> None:
    policy = saved(stage, owner).rpartition("/")[2]
    for fields, said in (
        ({"policy": policy}, "Tick at least one home."),
        ({"policy": policy, "home": stage.other_home_id}, "No such home."),
        ({"policy": "nope", "home": stage.home_id}, "This account has no such policy."),
    ):
        assert owner.post("/homes/rules", **fields).location == "/homes"
        assert said in words_of(owner.page("/homes"))
    owner.post("/homes/rules/give", policy=policy, homes=f"{stage.home_id} {stage.other_home_id}")
    with stage.world.service.sessions.read() as session:
        assert session.get_one(Property, stage.other_home.id).policy_id is None


def test_too_much_to_try_at_once_is_said(
    stage: Stage, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_loud_night(stage)
    policy = saved(stage, owner).rpartition("/")[2]
    owner.post(f"/homes/{stage.home_id}/rules", policy="")
    monkeypatch.setattr("callassist.web.pages.host.rules_tried.MOST_READINGS", 50)
    page = owner.post("/homes/rules", **picked(policy, *own_homes(stage)))
    assert "cannot be tried here at once" in words_of(page.text)


def test_the_pages_cost_as_much_for_twelve_homes_as_for_three(stage: Stage, owner: Browser) -> None:
    stage.hears(50)
    with stage.world.service.sessions.write() as session:
        session.scalars(select(Sensor)).one().property_id = stage.home.id

    def cost() -> list[int]:
        for home in own_homes(stage):
            label(stage, home, location="Nice", tags=[home.name])
        paths = ("/homes", "/homes?location=Nice", "/homes.csv")
        return [statements(stage, owner, path) for path in paths]

    stage.more_homes(2)
    before = cost()
    stage.more_homes(9)
    assert cost() == before


def test_looking_at_a_change_costs_as_much_for_twelve_homes_as_for_three(
    stage: Stage, owner: Browser
) -> None:
    policy = saved(stage, owner).rpartition("/")[2]

    def cost() -> int:
        owner.page("/homes")
        with counting(stage) as seen:
            answer = owner.post("/homes/rules", **picked(policy, *own_homes(stage)))
        assert answer.status_code == 200
        return len(seen)

    stage.more_homes(2)
    before = cost()
    stage.more_homes(9)
    assert cost() == before
