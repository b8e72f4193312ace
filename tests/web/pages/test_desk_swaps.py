"""Shifts given away and swapped on pages, and the operator's own calendar."""

from __future__ import annotations

from sqlalchemy import select

from callassist.models import (
    Operator,
)
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, BEN, BOTH, OWNER, Stage
from tests.web.pages.swapping import asked, operator, shift, swap, works
from tests.web.pages.test_board import chief, found


def test_a_shift_is_swapped_from_the_question_to_the_roster(stage: Stage) -> None:
    ann, ben, sue = stage.sign_in(ANN), stage.sign_in(BEN), chief(stage)
    mine, his = shift(stage, "Ann", 3), shift(stage, "Ben", 5)
    page = ann.page("/desk/shift")
    path = found(r"/desk/swaps/of/\w+", page)
    people = words_of(ann.page(path))
    assert "Ben" in people
    assert "free then" in people
    form = ann.page(f"{path}?with={operator(stage, 'Ben')}")
    assert f'value="{his}"' in form
    swap_id = asked(stage, ann, mine, his, "my sister's <b>wedding")
    assert "Ben is asked." in ann.page("/desk/shift")
    assert "waits for Ben" in ann.page("/desk/shift")

    page = ben.page("/desk/shift")
    assert "1 colleague asks you about a shift." in words_of(page)
    assert "my sister&#39;s &lt;b&gt;wedding" in page
    assert "Confirm" not in sue.page("/board/swaps")
    assert ben.post(f"/desk/swaps/{swap_id}/agree").location == "/desk/shift#swaps"
    assert "You agreed." in ben.page("/desk/shift")

    assert "Shifts (1)" in sue.page("/board")
    assert "Ann gives" in words_of(sue.page("/board/shifts"))
    answer = sue.post(f"/board/swaps/{swap_id}/confirm")
    assert answer.location.startswith("/board/shifts?week=")
    assert (works(stage, mine), works(stage, his)) == ("Ben", "Ann")
    assert "Shifts (1)" not in sue.page("/board")
    for browser in (ann, ben):
        assert "confirmed, on the roster" in browser.page("/desk/shift/roster")


def test_what_stands_against_it_is_said_on_the_form_and_what_was_typed_stays(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    mine = shift(stage, "Ann", 3)
    shift(stage, "Ben", 3)
    fields = {"colleague": operator(stage, "Ben"), "return": "", "reason": "please <i>"}
    refused = ann.post(f"/desk/swaps/of/{mine}", **fields)
    assert refused.status_code == 422
    assert "Ben has another shift then." in words_of(refused.text)
    assert "please &lt;i&gt;" in refused.text
    fields = {"colleague": operator(stage, "Zoe"), "return": "", "reason": "x" * 201}
    long = ann.post(f"/desk/swaps/of/{mine}", **fields)
    assert long.status_code == 422
    assert "At most 200 characters." in words_of(long.text)
    nobody = ann.post(f"/desk/swaps/of/{mine}", colleague="nobody")
    assert nobody.status_code == 422
    assert "Choose a colleague of your desk." in words_of(nobody.text)


def test_a_colleague_declines_with_a_reason_that_who_asked_reads(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    swap_id = asked(stage, ann, shift(stage, "Ann", 3))
    ben.post(f"/desk/swaps/{swap_id}/decline", answer="I <b>travel")
    page = ann.page("/desk/shift")
    assert "Ben cannot" in page
    assert "I &lt;b&gt;travel" in page
    ben.post(f"/desk/swaps/{swap_id}/agree")
    assert "The colleague who was asked cannot." in words_of(ben.page("/desk/shift"))


def test_a_request_is_withdrawn_and_the_supervisor_who_confirms_late_is_told(stage: Stage) -> None:
    ann, ben, sue = stage.sign_in(ANN), stage.sign_in(BEN), chief(stage)
    mine = shift(stage, "Ann", 3)
    swap_id = asked(stage, ann, mine)
    ben.post(f"/desk/swaps/{swap_id}/agree")
    ann.post(f"/desk/swaps/{swap_id}/withdraw")
    sue.post(f"/board/swaps/{swap_id}/confirm")
    assert "This request was withdrawn meanwhile." in words_of(sue.page("/board/shifts"))
    assert works(stage, mine) == "Ann"


def test_a_supervisor_is_warned_and_refuses_with_a_reason(stage: Stage) -> None:
    ann, ben, sue = stage.sign_in(ANN), stage.sign_in(BEN), chief(stage)
    with stage.world.service.sessions.write() as session:
        session.scalars(select(Operator).where(Operator.desk_name == "Ben")).one().languages = [
            "en"
        ]
    mine = shift(stage, "Ann", 3)
    swap_id = asked(stage, ann, mine)
    ben.post(f"/desk/swaps/{swap_id}/agree")
    assert "Then nobody speaks French:" in words_of(sue.page("/board/swaps"))
    sue.post(f"/board/swaps/{swap_id}/refuse", answer="")
    assert "Say why, so that both can plan." in words_of(sue.page("/board/shifts"))
    sue.post(f"/board/swaps/{swap_id}/refuse", answer="No French then")
    for browser in (ann, ben):
        page = words_of(browser.page("/desk/shift"))
        assert "refused by a supervisor" in page
        assert "No French then" in page
    assert works(stage, mine) == "Ann"


def test_a_shift_that_has_begun_is_not_given_away(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    mine = shift(stage, "Ann", 3)
    stage.world.clock.advance(days=3, minutes=1)
    assert "This shift has begun." in ann.page(f"/desk/swaps/of/{mine}")
    fields = {"colleague": operator(stage, "Ben"), "return": ""}
    refused = ann.post(f"/desk/swaps/of/{mine}", **fields)
    assert "This shift has begun; speak with your supervisor." in words_of(refused.text)


def test_others_find_neither_shift_nor_request(stage: Stage) -> None:
    ann, zoe, owner = (stage.sign_in(email) for email in (ANN, BOTH, OWNER))
    mine = shift(stage, "Ann", 3)
    swap_id = asked(stage, ann, mine)
    assert zoe.get(f"/desk/swaps/of/{mine}").status_code == 404
    for verb in ("agree", "decline", "withdraw"):
        assert zoe.post(f"/desk/swaps/{swap_id}/{verb}").status_code == 404
        assert owner.post(f"/desk/swaps/{swap_id}/{verb}").status_code == 404
    for verb in ("confirm", "refuse"):
        assert ann.post(f"/board/swaps/{swap_id}/{verb}", answer="x").status_code == 404
    assert ann.get("/board/swaps").status_code == 404
    assert swap(stage).state == "asked"


def test_my_calendar_is_shown_once_renewed_and_stopped(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    shift(stage, "Ann", 3)
    shift(stage, "Ben", 4)
    first = found(r"/calendars/shifts/[\w-]+\.ics", ann.post("/desk/shift/calendar").text)
    visitor = Browser(stage.world.app)
    told = visitor.get(first)
    assert told.mimetype == "text/calendar"
    assert told.text.count("BEGIN:VEVENT") == 2  # tonight's and the one in three days
    assert "Ben" not in told.text
    assert first not in ann.page("/desk/shift")
    second = found(r"/calendars/shifts/[\w-]+\.ics", ann.post("/desk/shift/calendar").text)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    ann.post("/desk/shift/calendar/end")
    assert visitor.get(second).status_code == 404
    assert "Make an address" in ann.page("/desk/shift")
