"""The operator's desk: offers, one call from beginning to end, and what an operator never sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from callassist.models import Incident, Presence
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, BEN, CALL_NAME, GUEST_NAME, HOME, OWNER, Stage
from tests.web.world import GUEST, HOST, World

# what DESIGN 3.8 keeps from operators: the home, levels, numbers, other people
CANARIES = (
    *(HOME, "rue du Port", "Seaside", "Europe/Paris", "Foreign", "Anna Contact", OWNER),
    *(GUEST, GUEST[-7:], HOST, HOST[-7:], "•••••", " dB", "83.5"),
)


def refresh_of(page: str) -> str | None:
    found = re.search(r'http-equiv="refresh" content="(\d+)"', page)
    return found.group(1) if found else None


def offered(stage: Stage) -> tuple[Browser, str]:
    """Ann with a call offered to her."""
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    return ann, f"/desk/tasks/{stage.task().public_id}"


def until_ended(stage: Stage, browser: Browser, task: str) -> list[str]:
    """Wait for the call's end; every page that was seen meanwhile."""
    seen = []
    for _ in range(40):
        seen.append(browser.page(task))
        if stage.task().state == "wrapping_up":
            return seen
        stage.world.pass_time(seconds=15)
    raise AssertionError("the call did not end")


def state_of(page: str) -> str:
    found = re.search(r'class="desk-state" data-state="(\w+)"', page)
    assert found, page
    return found.group(1)


def test_presence_is_chosen_by_a_button(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    assert state_of(ann.page("/desk")) == "offline"
    for state in ("available", "break", "offline"):
        ann.post("/desk/presence", state=state)
        assert state_of(ann.page("/desk")) == state
    ann.post("/desk/presence", state="on_a_call")
    assert "Unknown; use one of" in ann.page("/desk")


def test_looking_at_the_desk_keeps_an_operator_there(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    for browser in (ann, ben):
        stage.available(browser)
    for _ in range(4):
        stage.world.pass_time(seconds=40)
        ann.page("/desk")
    with stage.world.service.sessions.read() as session:
        states = [row.state for row in session.query(Presence).order_by(Presence.operator_id)]
    assert states[:2] == ["available", "offline"]


def test_a_call_from_offer_to_result(stage: Stage) -> None:
    ann, task = offered(stage)
    assert "A call for you" in ann.page("/desk")
    assert ann.post(f"{task}/accept").location == f"{task}#call"
    page = ann.page(task)
    assert "Call the guest" in page
    assert "Hello, is this Robin <b>Example</b>?" in words_of(page).replace("> ", ">")
    ann.post(f"{task}/dial")
    stage.world.run()
    seen = until_ended(stage, ann, task)
    assert any("You are talking." in each for each in seen)
    page = seen[-1]
    assert "How did it go?" in page
    assert "No answer" not in page  # somebody did answer
    answer = ann.post(f"{task}/result", result="guest_agreed", note="Very sorry")
    assert answer.location == "/desk#next"
    assert "Saved: Agreed to turn it down." in ann.page("/desk")
    assert stage.task().note == "Very sorry"
    assert stage.incident().state == "following_up"


def test_a_page_with_a_form_never_refreshes_itself(stage: Stage) -> None:
    ann, task = offered(stage)
    assert refresh_of(ann.page("/desk")) == "5"
    assert refresh_of(ann.page("/desk?still=1")) is None
    assert refresh_of(ann.page(task)) == "3"
    ann.post(f"{task}/accept")
    assert refresh_of(ann.page(task)) == "20"
    ann.post(f"{task}/dial")
    stage.world.run()
    assert refresh_of(ann.page(task)) == "3"
    assert refresh_of(until_ended(stage, ann, task)[-1]) is None


def test_a_refused_result_keeps_what_was_typed(stage: Stage) -> None:
    ann, task = offered(stage)
    ann.post(f"{task}/accept")
    ann.post(f"{task}/dial")
    stage.world.run()
    until_ended(stage, ann, task)
    answer = ann.post(f"{task}/result", result="language_barrier", note="They said <ja>")
    assert answer.status_code == 422
    assert "They said &lt;ja&gt;</textarea>" in answer.text
    assert 'value="language_barrier" data-key="9" checked' in answer.text
    assert answer.text.count("Say which language the guest speaks") == 2  # summary and field
    assert refresh_of(answer.text) is None
    nothing = ann.post(f"{task}/result", note="x")
    assert "Choose a result." in nothing.text


def test_one_more_minute_is_given_once(stage: Stage) -> None:
    ann, task = offered(stage)
    ann.post(f"{task}/accept")
    ann.post(f"{task}/dial")
    stage.world.run()
    assert "One more minute" in until_ended(stage, ann, task)[-1]
    ann.post(f"{task}/extend")
    page = ann.page(task)
    assert "You have one more minute." in page
    assert ">One more minute<" not in page


def test_an_operator_who_wrote_for_long_is_available_again_after_saving(stage: Stage) -> None:
    ann, task = offered(stage)
    ann.post(f"{task}/accept")
    ann.post(f"{task}/dial")
    stage.world.run()
    until_ended(stage, ann, task)
    stage.world.pass_time(seconds=100)  # no page view meanwhile
    ann.post(f"{task}/result", result="guest_agreed")
    assert state_of(ann.page("/desk")) == "available"


def test_a_call_that_a_colleague_has_is_told_kindly(stage: Stage) -> None:
    ann, task = offered(stage)
    ben = stage.sign_in(BEN)
    stage.available(ben)
    assert "being offered to Ann" in ben.page("/desk")
    assert ben.post(f"{task}/accept").location == f"{task}#call"
    assert ben.get(task).location == "/desk"
    page = ben.page("/desk")
    assert "This task is being offered to a colleague; take another one." in page
    ann.post(f"{task}/accept")
    ben.post(f"{task}/accept")
    ben.get(task)
    assert "Already taken by Ann." in ben.page("/desk")
    assert GUEST_NAME not in words_of(ben.page("/desk"))


def test_a_declined_call_goes_to_the_next(stage: Stage) -> None:
    ann, task = offered(stage)
    ben = stage.sign_in(BEN)
    stage.available(ben)
    ann.post(f"{task}/decline")
    stage.world.run()
    assert "A call for you" in ben.page("/desk")
    assert "Declined." in ann.page("/desk")


def test_an_operator_sees_nothing_of_a_stay_but_the_list(stage: Stage) -> None:
    stage.hears(83.5)
    stage.pair()
    ann, task = offered(stage)
    stage.hears(83.5)
    pages = [ann.page("/desk"), ann.page(task)]
    ann.post(f"{task}/accept")
    pages.append(ann.page(task))
    ann.post(f"{task}/dial")
    stage.world.run()
    pages += until_ended(stage, ann, task)
    ann.post(f"{task}/result", result="asked_not_to_be_called", note="no")
    stage.world.run()
    pages += [ann.page("/desk"), ann.page(f"/desk/tasks/{stage.task().public_id}")]
    for page in pages:
        found = [canary for canary in CANARIES if canary in page]
        assert not found, found
    assert all(CALL_NAME not in page for page in pages[:-1])
    assert CALL_NAME in pages[-1]  # on the host's card it may be said
    assert "Robin &lt;b&gt;Example&lt;/b&gt;" in pages[1]


def test_a_call_that_is_over_shows_its_guest_no_more(stage: Stage) -> None:
    ann, task = offered(stage)
    stage.sign_in(OWNER).post(f"/incidents/{stage.incident().public_id}/take-over")
    stage.world.run()
    assert ann.get(task).location == "/desk"
    page = ann.page("/desk")
    assert "This call is done or not needed any more." in page
    assert "Robin" not in page


def test_a_step_on_a_call_that_is_over_is_answered_with_one_sentence(stage: Stage) -> None:
    ann, task = offered(stage)
    stage.sign_in(OWNER).post(f"/incidents/{stage.incident().public_id}/take-over")
    stage.world.run()
    ann.post(f"{task}/accept")
    assert ann.get(task).location == "/desk"
    assert ann.page("/desk").count('class="banner flash"') == 1


@pytest.fixture
def manual(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same service, with operators who dial by hand."""
    made = World(
        str(world.service.settings.database.url),
        tmp_path_factory.mktemp("manual"),
        world.clock,
        CALLASSIST_TELEPHONY="manual",
        CALLASSIST_SECRET_KEY=world.service.secret_key,
    )
    yield made
    made.close()


def test_by_hand_the_number_is_shown_from_call_to_the_end(manual: World) -> None:
    stage = Stage(manual)
    assert isinstance(manual.app, Flask)
    ann, task = offered(stage)
    ann.post(f"{task}/accept")
    before = ann.page(task)
    ann.post(f"{task}/dial")
    during = ann.page(task)
    assert f'href="tel:{GUEST}"' in during
    assert "Simulated" not in during
    assert refresh_of(during) == "20"
    ann.post(f"{task}/ended")
    after = ann.page(task)
    assert "No answer" in after  # the operator's word is the fact
    assert all(GUEST not in page for page in (before, after, ann.page("/desk")))
    assert ann.post(f"{task}/result", result="no_answer").location == "/desk#next"
    assert stage.task().attempt_number == 2


def test_looks_that_follow_each_other_closely_need_no_turn_to_write(stage: Stage) -> None:
    ann, task = offered(stage)
    ann.page("/desk")
    engine, written = stage.world.service.sessions.engine, list[object]()
    note = written.append
    event.listen(engine, "commit", note)
    try:
        ann.page("/desk")
        ann.page(task)
    finally:
        event.remove(engine, "commit", note)
    assert written == []


@pytest.mark.parametrize(
    ("ended", "is_thanked"), [("guest_reached", True), ("nobody_reached", False)]
)
def test_only_a_guest_who_was_reached_before_is_thanked_for_that_talk(
    stage: Stage, ended: str, is_thanked: bool
) -> None:
    ann, _ = offered(stage)
    stage.answer_call(ann, "guest_agreed")
    stage.world.pass_time(minutes=61)
    with stage.world.service.sessions.write() as session:
        session.get_one(Incident, stage.incident().id).resolution = ended
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    page = words_of(ann.page(f"/desk/tasks/{stage.task().public_id}"))
    assert stage.incident().repeat_of_id is not None
    assert ("when we spoke earlier" in page) is is_thanked
