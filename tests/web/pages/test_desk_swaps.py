"""Shifts given away and swapped on pages, the operator's own calendar, and who hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.accounts.people import viewer_for_person
from callassist.models import (
    Notification,
    NotificationChannel,
    Operator,
    Person,
    Shift,
    ShiftSwap,
)
from callassist.notifications.joining import joined_facts, link
from callassist.notifications.keeping_channels import ChannelInput, add_channel
from callassist.notifications.quiet_people import HELD_BACK
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ADMIN, ANN, BEN, BOTH, OWNER, Stage
from tests.web.pages.test_board import SUE, chief, found
from tests.web.pages.test_languages import FOREIGN, check, read, speaking
from tests.web.pages.test_query_counts import statements

NIGHT = timedelta(hours=8)


def operator(stage: Stage, name: str) -> str:
    with stage.world.service.sessions.read() as session:
        query = select(Operator.public_id).where(Operator.desk_name == name)
        return session.scalars(query).one()


def shift(stage: Stage, name: str, days: int) -> str:
    """A night of eight hours, so many days from now."""
    with stage.world.service.sessions.write() as session:
        begin = stage.world.clock.now() + timedelta(days=days)
        who = operator_in(session, name)
        return roster.add_shift(session, ADMIN, who, begin, begin + NIGHT).public_id


def operator_in(session: Session, name: str) -> str:
    return session.scalars(select(Operator.public_id).where(Operator.desk_name == name)).one()


def works(stage: Stage, public_id: str) -> str:
    with stage.world.service.sessions.read() as session:
        query = (
            select(Operator.desk_name)
            .join(Shift, Shift.operator_id == Operator.id)
            .where(Shift.public_id == public_id)
        )
        return session.scalars(query).one()


def swap(stage: Stage) -> ShiftSwap:
    """The newest request."""
    with stage.world.service.sessions.read() as session:
        newest = select(ShiftSwap).order_by(ShiftSwap.id.desc()).limit(1)
        return session.scalars(newest).one()


def asked(stage: Stage, ann: Browser, given: str, back: str = "", reason: str = "") -> str:
    """Ann asks Ben; the request's id."""
    fields = {"colleague": operator(stage, "Ben"), "return": back, "reason": reason}
    answer = ann.post(f"/desk/swaps/of/{given}", **fields)
    assert answer.status_code == 302, answer.text
    return swap(stage).public_id


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


def listens(stage: Stage, email: str, kind: str = "email", address: str = "") -> None:
    """A mail address at the desk, or another one, where news go."""
    with stage.world.service.sessions.write() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        typed = ChannelInput(kind=kind, address=address or email, person_public_id=person.public_id)
        add_channel(
            session,
            stage.vault,
            viewer_for_person(session, person),
            typed,
            now=stage.world.clock.now(),
            desk=stage.desk,
        )


def told(stage: Stage) -> list[tuple[str, str]]:
    """Who was told what, in order."""
    with stage.world.service.sessions.read() as session:
        rows = session.execute(
            select(NotificationChannel.address_mask, Notification.facts)
            .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
            .where(Notification.kind == "shift_swap")
            .order_by(Notification.id)
        )
        return [(mask[:1], facts["reason"]) for mask, facts in rows]


def test_each_step_is_told_to_those_whom_it_concerns(stage: Stage) -> None:
    ann, ben, sue = stage.sign_in(ANN), stage.sign_in(BEN), chief(stage)
    for email in (ANN, BEN, SUE):
        listens(stage, email)
    swap_id = asked(stage, ann, shift(stage, "Ann", 3))
    ben.post(f"/desk/swaps/{swap_id}/agree")
    sue.post(f"/board/swaps/{swap_id}/confirm")
    steps = [("b", "asked"), ("s", "agreed"), ("a", "confirmed"), ("b", "confirmed")]
    assert told(stage) == steps
    ben.post(f"/desk/swaps/{swap_id}/decline")  # refused: nothing is told
    assert told(stage) == steps
    assert sent(stage) == [
        ("Ann", "Europe/Paris", "/desk/shift"),
        ("Ann", "Europe/Paris", "/board/shifts"),
        ("Ben", "Europe/Paris", "/desk/shift"),
        ("Ann", "Europe/Paris", "/desk/shift"),
    ]


def sent(stage: Stage) -> list[tuple[str, str, str]]:
    """What each message is made of: the other one's name, the reader's zone, and where it leads."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.read() as session:
        news = select(Notification).where(Notification.kind == "shift_swap")
        return [
            (str(facts["who"]), str(facts["timezone"]), link(session, one, ""))
            for one in session.scalars(news.order_by(Notification.id))
            for facts in [joined_facts(session, stage.vault, one, now)]
        ]


def test_who_sleeps_is_not_woken_for_a_shift(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    listens(stage, BEN, "apprise", "ntfys://ntfy.sh/bens-phone")
    with stage.world.service.sessions.write() as session:  # it is 22:00 in Paris
        ben = session.scalars(select(Person).where(Person.email == BEN)).one()
        ben.quiet_from, ben.quiet_until, ben.timezone = "21:30", "07:00", "Europe/Paris"
    asked(stage, ann, shift(stage, "Ann", 3))
    with stage.world.service.sessions.read() as session:
        [held] = session.scalars(select(Notification).where(Notification.kind == "shift_swap"))
    assert (held.status, held.reason) == ("skipped", HELD_BACK)


@pytest.mark.parametrize("path", ["/desk/shift", "/board/shifts"])
def test_requests_cost_the_same_for_two_and_for_many(stage: Stage, path: str) -> None:
    ann, sue = stage.sign_in(ANN), chief(stage)
    browser = ann if path.startswith("/desk") else sue
    for days in (3, 4):
        asked(stage, ann, shift(stage, "Ann", days))
    few = statements(stage, browser, path)
    for days in range(5, 12):
        asked(stage, ann, shift(stage, "Ann", days))
    assert statements(stage, browser, path) == few


def test_colleagues_to_ask_cost_the_same_for_two_and_for_many(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    mine = shift(stage, "Ann", 3)
    paths = (f"/desk/swaps/of/{mine}", f"/desk/swaps/of/{mine}?with={operator(stage, 'Ben')}")
    few = [statements(stage, ann, path) for path in paths]
    for n in range(5):
        chief(stage, f"more{n}@example.com")
        shift(stage, "Ben", 5 + n)
    assert [statements(stage, ann, path) for path in paths] == few


@pytest.mark.parametrize("language", ["en", "fr"])
def test_shifts_and_checks_speak_one_language(stage: Stage, language: str) -> None:
    chief(stage)
    ann, ben, sue = (speaking(stage, email, language) for email in (ANN, BEN, SUE))
    mine, his, other = shift(stage, "Ann", 3), shift(stage, "Ben", 5), shift(stage, "Ann", 6)
    swap_id = asked(stage, ann, mine, his, reason="...")
    path = f"/desk/swaps/of/{other}"
    check(ann, [path, f"{path}?with={operator(stage, 'Ben')}"], language)
    for verb in ("", "agree", "decline"):
        if verb:
            ben.post(f"/desk/swaps/{swap_id}/{verb}", answer="...")
        for browser in (ann, ben):
            check(browser, ["/desk/shift", "/desk/start"], language)
        check(sue, ["/board/shifts"], language)
    again = asked(stage, ann, mine, his)
    ben.post(f"/desk/swaps/{again}/agree")
    sue.post(f"/board/swaps/{again}/refuse", answer="...")
    check(ann, ["/desk/shift"], language)
    check(sue, ["/board/shifts"], language)
    made = ann.post("/desk/shift/calendar")
    assert not read(made.text, language) & FOREIGN[language]
