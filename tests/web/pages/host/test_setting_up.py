"""A new host is led from step to step, and need not type what is known already."""

from __future__ import annotations

from callassist.accounts.people import add_person, create_account
from callassist.domain.viewer import Role
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, LOOKER, OTHER, OWNER, Stage

NEW = "new@example.com"


def newcomer(stage: Stage, timezone: str = "Europe/Paris") -> tuple[Browser, str]:
    """The owner of an account in which nothing is yet."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        account = create_account(session, "New Homes", now=now, timezone=timezone)
        add_person(session, NEW, Role.OWNER, now=now, account=account, name="Nora")
    return stage.sign_in(NEW), account.public_id


def add_home(browser: Browser, name: str = "Mill") -> str:
    answer = browser.post("/homes/new", name=name, timezone="Europe/Paris", country="FR")
    return answer.location.rpartition("/")[2]


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


def test_a_page_does_not_lead_to_itself(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="serviced")
    page = new.page("/homes/new")
    assert "Next: A home" in strip(page)
    assert 'href="/homes/new"' not in page.partition("set-up-next")[2].partition("</nav>")[0]


def test_the_usual_rules_are_kept_from_where_one_is(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="serviced")
    home = add_home(new)
    new.post("/set-up/skip", account=account, step="sensor")
    assert "Keep the usual ones" in strip(new.page(f"/homes/{home}/rules"))
    new.post("/set-up/rules", account=account)
    assert "Keep the usual ones" not in strip(new.page(f"/homes/{home}/rules"))


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
    assert "Waiting for the first message" in words_of(owner.page("/sensors/heard"))
    stage.hears(52, "hall-<b>7</b>")
    page = owner.page("/sensors/heard")
    assert "hall-&lt;b&gt;7" in page
    assert "Pair" in words_of(page)
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
    assert 'value="FR"' in page
    assert 'value="Nora"' in page
    home = add_home(new)
    assert 'value="Nora"' in new.page(f"/homes/{home}/contacts/new")
    today = stage.world.clock.now().date()
    assert f'value="{today}T15:00"' in new.page(f"/homes/{home}/stays/new")
    assert f'value="{NEW}"' in new.page("/account/notifications")


def test_a_second_contact_is_somebody_else(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert 'value="Maria"' not in owner.page(f"/homes/{stage.home_id}/contacts/new")


def test_an_account_without_a_place_guesses_no_country(stage: Stage) -> None:
    new, _account = newcomer(stage, "UTC")
    assert 'name="country" type="text" value=""' in new.page("/homes/new")
