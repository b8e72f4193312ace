"""The host's first page: one sentence, what needs the host, homes with their day, set-up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.accounts.people import add_person, create_account
from callassist.domain.viewer import Role
from callassist.models import (
    Breach,
    HostContact,
    Incident,
    NotificationChannel,
    Person,
    Property,
    Sensor,
    StayNumber,
)
from callassist.web.pages.host.tonight import sentence
from callassist.web.pages.host.tonight_queries import Standing
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, LOOKER, OTHER, OWNER, Stage


def ready(stage: Stage) -> Browser:
    """A home of which nothing is missing."""
    stage.hears(50)
    stage.pair()
    return stage.sign_in(OWNER)


def test_with_a_simulated_network_the_word_covered_is_nowhere(stage: Stage) -> None:
    owner = ready(stage)
    for path in ("/", "/homes", f"/homes/{stage.home_id}", "/tonight"):
        page = words_of(owner.page(path)).lower()
        assert "covered" not in page.replace("counts as not covered", ""), path
    assert "Your home is ready, but nobody is really phoned" in words_of(owner.page("/"))


@pytest.mark.parametrize(
    ("homes", "covered", "said"),
    [
        (1, 1, "Your home is covered tonight"),
        (1, 0, "Your home is not covered tonight"),
        (4, 4, "All 4 homes are covered tonight"),
        (4, 3, "3 of 4 homes are covered tonight"),
        (4, 1, "1 of 4 homes is covered tonight"),
        (4, 0, "None of 4 homes is covered tonight"),
    ],
)
def test_the_sentence_counts_homes(stage: Stage, homes: int, covered: int, said: str) -> None:
    with stage.world.app.test_request_context(headers={"Accept-Language": "en"}):
        assert sentence(Standing(homes=homes, covered=covered, is_simulated=False)) == said


def test_a_flagged_number_asks_for_the_host_and_leads_to_the_stay(stage: Stage) -> None:
    owner = ready(stage)
    with stage.world.service.sessions.write() as session:
        for number in session.scalars(select(StayNumber)):
            number.flagged_at, number.flag_reason = stage.world.clock.now(), "invalid_number"
    page = owner.page("/")
    assert "The guest has no number that can be dialled." in words_of(page)
    assert f"/homes/{stage.home_id}/stays/{stage.stay_id()}" in page
    assert "Enter a number" in page


def test_several_homes_that_lack_the_same_share_one_card(stage: Stage) -> None:
    stage.more_homes(5)
    owner = ready(stage)
    page = owner.page("/")
    assert page.count("Pair a sensor: ") == 1
    assert "and 2 more" in words_of(page)
    listed = owner.page("/homes?missing=sensor")
    assert "5 homes" in words_of(listed)


def test_a_silent_sensor_is_unknown_not_quiet(stage: Stage) -> None:
    owner = ready(stage)
    stage.world.pass_time(minutes=40, step=timedelta(minutes=5))
    page = words_of(owner.page("/"))
    assert "The sensor is not heard since 22:00" in page
    assert "Not heard" in page
    assert "All quiet" not in page


def test_quiet_is_said_with_its_beginning(stage: Stage) -> None:
    owner = ready(stage)
    assert "Nothing loud in the last 24 hours." in words_of(owner.page("/"))
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        began, ended = now - timedelta(hours=1), now - timedelta(minutes=20)
        session.add(
            Breach(
                property_id=stage.home.id,
                key=9,
                policy={},
                first_loud_at=began,
                began_at=began,
                last_loud_at=ended,
                ended_at=ended,
                end_reason="calm",
            )
        )
    page = words_of(owner.page("/"))
    assert "All quiet since 21:40." in page
    assert "Loud 21:00 to 21:45." in page


def test_loud_now_is_said_in_a_word(stage: Stage) -> None:
    owner = ready(stage)
    for minute in range(4):
        stage.world.pass_time(minutes=1)
        stage.hears(66 if minute < 2 else 81)
        word = "Raised" if minute < 2 else "Loud"
        assert word in words_of(owner.page("/tonight"))


def test_a_call_is_not_promised_for_a_time_gone_by(stage: Stage) -> None:
    owner = ready(stage)
    for _minute in range(12):
        stage.world.pass_time(minutes=1)
        stage.hears(81)
    assert "If it goes on, the guest is called at 22:" in words_of(owner.page("/"))
    stage.world.clock.advance(minutes=25)  # and no timer rang
    page = words_of(owner.page("/"))
    assert "minutes: long enough for a call." in page
    assert "If it goes on" not in page


def test_a_call_that_runs_stands_on_top_with_its_next_step(stage: Stage) -> None:
    owner = ready(stage)
    stage.call_about_home(owner)
    page = words_of(owner.page("/"))
    assert "call 1 of 3 to the guest" in page
    assert "All quiet" not in page


def test_a_switched_off_channel_and_a_lost_contact_are_cards(stage: Stage) -> None:
    owner = ready(stage)
    with stage.world.service.sessions.write() as session:
        for channel in session.scalars(select(NotificationChannel)):
            channel.disabled_at, channel.disabled_reason = stage.world.clock.now(), "gone"
        for contact in session.scalars(select(HostContact)):
            contact.flagged_at = stage.world.clock.now()
    page = words_of(owner.page("/"))
    assert "do not arrive" in page
    assert "Nobody is named whom we call when the guest is not reached." in page


def test_other_accounts_see_nothing_of_it(stage: Stage) -> None:
    ready(stage)
    stage.hears(50, "attic")
    other = stage.sign_in(OTHER)
    for path in ("/", "/tonight", "/homes", "/sensors", "/rules"):
        page = other.page(path)
        assert "Harbour Loft" not in page, path
        assert "attic" not in page, path
    for path in ("", "/live", "/rules", "/sensors", "/say", "/history", "?window=7d"):
        assert other.get(f"/homes/{stage.home_id}{path}").status_code == 404, path


def test_operators_do_not_find_the_fragments(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    for path in ("/tonight", "/homes", f"/homes/{stage.home_id}/live", "/sensors", "/rules"):
        assert ann.get(path).status_code == 404, path


def test_who_may_only_look_gets_no_buttons(stage: Stage) -> None:
    ready(stage)
    looker = stage.sign_in(LOOKER)
    page = looker.page("/")
    assert "/set-up/" not in page
    assert "Add a home" not in page
    assert looker.post("/homes/rules", home=stage.home_id, policy="").status_code == 403


# -- set-up


def newcomer(stage: Stage) -> tuple[Browser, str]:
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        account = create_account(session, "Brand New", now=now, timezone="Europe/Paris")
        add_person(session, "new@example.com", Role.OWNER, now=now, account=account, name="Nia")
        account_id = account.public_id
    return stage.sign_in("new@example.com"), account_id


def test_a_new_host_is_asked_who_takes_the_calls_and_then_led(stage: Stage) -> None:
    new, account = newcomer(stage)
    page = words_of(new.page("/"))
    assert "Who takes the calls?" in page
    assert "Operators on the roster" not in page
    new.post("/set-up/calls", account=account, calls_by="own_desk")
    page = words_of(new.page("/"))
    assert "Who takes the calls?" not in page
    assert "Operators on the roster" in page
    assert "A desk that answers for you" not in page
    new.post("/set-up/calls", account=account, calls_by="on_call")
    assert "Who has duty, with a phone number" in words_of(new.page("/"))


def test_an_invented_choice_is_refused(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="robots")
    assert "Choose who takes the calls." in words_of(new.page("/"))


def test_ticks_are_proved_by_what_is_there(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="serviced")
    assert "0 of 8 done" in words_of(new.page("/"))
    made = {"name": "Mill", "timezone": "Europe/Paris", "country": "FR", "host_only": "yes"}
    new.post("/homes/new", **made)
    assert "3 of 8 done" in words_of(new.page("/")), "the home, its rules, and nobody's number"


def test_a_step_can_be_skipped_and_taken_up_again(stage: Stage) -> None:
    new, account = newcomer(stage)
    new.post("/set-up/calls", account=account, calls_by="serviced")
    new.post("/set-up/skip", account=account, step="practice")
    assert "Take it up again" in words_of(new.page("/"))
    new.post("/set-up/skip", account=account, step="practice", again="yes")
    assert "Take it up again" not in words_of(new.page("/"))
    assert new.post("/set-up/skip", account=stage.account_id, step="home").status_code == 404


def test_a_checklist_that_is_done_is_gone(stage: Stage) -> None:
    owner = ready(stage)
    assert "Set up" in words_of(owner.page("/"))
    owner.post("/set-up/rules", account=stage.account_id)
    owner.post("/set-up/skip", account=stage.account_id, step="practice")
    assert "Set up" not in words_of(owner.page("/"))


def test_rehearsals_are_no_last_incident(stage: Stage) -> None:
    owner = ready(stage)
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.run()
    assert "Last incident" in words_of(owner.page("/"))
    with stage.world.service.sessions.write() as session:
        for one in session.scalars(select(Incident)):
            one.practice = True
    assert "Last incident" not in words_of(owner.page("/"))


def test_names_are_text_everywhere(stage: Stage) -> None:
    bad = "<script>alert(1)</script>"
    stage.hears(50)
    stage.pair()
    with stage.world.service.sessions.write() as session:
        session.get_one(Property, stage.home.id).name = bad
        for sensor in session.scalars(select(Sensor)):
            sensor.name = bad
    owner = stage.sign_in(OWNER)
    home = f"/homes/{stage.home_id}"
    for path in ("/", "/homes", "/sensors", home, f"{home}/sensors", f"{home}/history"):
        page = owner.page(path)
        assert bad not in page, path
        assert "&lt;script&gt;" in page, path


def test_a_home_in_shadow_is_drawn_anew_and_for_each_reader(
    stage: Stage,
) -> None:
    owner, lou = ready(stage), stage.sign_in(LOOKER)
    first = owner.page("/tonight")
    assert words_of(owner.page("/tonight")) == words_of(first)
    with stage.world.service.sessions.write() as session:
        session.get_one(Person, stage.person(LOOKER).id).language = "fr"
    assert "Heures calmes" in words_of(lou.page("/tonight"))
    with stage.world.service.sessions.write() as session:
        home = session.get_one(Property, stage.home.id)
        home.name, home.shadow_since = "<i>Pier</i> house", stage.world.clock.now()
    page = owner.page("/tonight")
    assert "&lt;i&gt;Pier&lt;/i&gt; house" in page
    assert "Shadow" in words_of(page)
    assert f'<a href="/homes/{stage.home_id}">' in page
    assert "Shadow" not in words_of(first)
