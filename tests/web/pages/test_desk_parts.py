"""The parts of the desk that renew themselves: shared work never shows another's or old things."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from callassist.accounts.desks import create_desk
from callassist.accounts.people import add_person
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Role
from callassist.models import Stay
from callassist.web.app import create_app
from callassist.web.pages.desk.look import Call, Look, Member
from callassist.web.pages.written import Written
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ADMIN, ANN, BEN, LOOKER, OWNER, Stage

NOW = datetime(2026, 6, 5, 21, tzinfo=UTC)
ALL = "/desk/parts?of=desk-now+queue+next"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PART = re.compile(r'<div data-part="([\w-]+)">')


def sight(browser: Browser, path: str = ALL) -> str:
    return words_of(browser.page(path))


def waiting_call(stage: Stage, ann: Browser, ben: Browser) -> str:
    """Both are available, and both may take the call: it was offered to Ann, who gave it back."""
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    task = stage.task().public_id
    ann.post(f"/desk/tasks/{task}/decline", reason="other")
    stage.available(ben)
    return task


def test_each_part_says_which_it_is_and_only_those_asked_for_come(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    assert _PART.findall(ann.page(ALL)) == ["desk-now", "queue", "next"]
    assert _PART.findall(ann.page("/desk/parts?of=queue")) == ["queue"]
    for path in ("/desk/parts", "/desk/parts?of=", "/desk/parts?of=queue+../board"):
        assert ann.get(path).status_code == 404, path


def test_the_parts_are_those_of_the_page(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    page = ann.page("/desk")
    (source,) = set(re.findall(r'data-live="queue presence:[\w-]+" data-src="([^"]+)"', page))
    told = words_of(ann.page(source.replace("&amp;", "&")))
    for words in ("A call for you", "A call is offered to you.", "Nobody waits."):
        assert words in told
        assert words in words_of(page)


def test_forms_carry_the_token_of_who_asks_and_of_nobody_else(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    waiting_call(stage, ann, ben)
    tokens = []
    for browser in (ann, ben):
        own = set(_TOKEN.findall(browser.page("/desk")))
        (shown,) = set(_TOKEN.findall(browser.page(ALL)))
        assert shown.rpartition(".")[2]  # signed
        tokens.append(shown)
        assert len(own) == 1
        assert browser.post("/desk/presence", csrf_token=shown, state="break").status_code == 302
    assert tokens[0].split(".")[0] != tokens[1].split(".")[0]


def test_each_operator_sees_their_own_state_offers_and_refusals(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    for browser in (ann, ben):
        browser.page(ALL)
    waiting_call(stage, ann, ben)
    anns, bens = sight(ann), sight(ben)
    assert "Ann Night desk" in anns
    assert "Ann Night desk" not in bens
    assert "A call for you" in bens
    assert "being offered to Ben" in anns
    assert "A call for you" not in anns
    assert "You gave this one away" not in bens


def test_nothing_of_another_desk_is_ever_there(stage: Stage) -> None:
    with stage.world.service.sessions.write() as session:
        now = stage.world.clock.now()
        desk = create_desk(session, stage.vault, ADMIN, "Day desk", now=now)
        add_person(session, "eve@example.com", Role.OPERATOR, now=now, desk=desk, name="Eve")
    eve, ann = stage.sign_in("eve@example.com"), stage.sign_in(ANN)
    for browser in (eve, ann):
        stage.available(browser)
    stage.call_about_home(stage.sign_in(OWNER))
    ann.post(f"/desk/tasks/{stage.task().public_id}/decline", reason="other")
    for _ in range(2):  # also when the other's was just written
        assert stage.task().public_id in ann.page(ALL)
        there = eve.page(ALL)
        assert stage.task().public_id not in there
        assert "Robin" not in there
        assert "Nobody waits." in there


def test_what_a_colleague_did_a_moment_ago_is_shown(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    task = waiting_call(stage, ann, ben)
    assert "being offered to Ben" in sight(ann)
    ben.post(f"/desk/tasks/{task}/accept")
    assert "with Ben" in sight(ann)
    assert "Your call: Robin" in sight(ben)
    ben.post(f"/desk/tasks/{task}/release", reason="other")
    assert "with Ben" not in sight(ann)


def test_an_offer_that_is_over_is_not_shown(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    for browser in (ann, ben):
        stage.available(browser)
    stage.call_about_home(stage.sign_in(OWNER))
    assert "A call for you" in sight(ann)
    assert "being offered to Ann" in sight(ben)
    stage.world.pass_time(seconds=46)
    assert "A call for you" not in sight(ann)
    assert "A call for you" in sight(ben)


def test_two_processes_show_the_same(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    task = waiting_call(stage, ann, ben)
    other = Browser(create_app(stage.world.service))
    other.post(f"/sign-in/link/{stage.link(ANN)}")
    assert "being offered to Ben" in sight(other)
    ben.post(f"/desk/tasks/{task}/accept")  # at the first process
    assert "with Ben" in sight(other)
    other.post("/desk/presence", state="break")  # at the second
    assert "You are on a break." in sight(ann)


def test_a_name_that_is_forgotten_is_shown_no_more(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    waiting_call(stage, ann, ben)
    assert "Robin" in sight(ben)
    with stage.world.service.sessions.write() as session:
        session.execute(update(Stay).values(guest_name=None))
    assert "Robin" not in sight(ben)


def test_in_french_the_same_moment_is_french(stage: Stage) -> None:
    ann, ben = stage.sign_in(ANN), stage.sign_in(BEN)
    with stage.world.service.sessions.write() as session:
        stage_person = stage.person(BEN)
        session.merge(stage_person).language = "fr"
    assert "Your shift has not started." in sight(ann)
    shown = sight(ben)
    assert "Your shift has not started." not in shown
    assert "Votre" in shown


def test_each_seat_of_the_demo_is_sent_to_its_own_addresses(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    waiting_call(stage, ann, stage.sign_in(BEN))
    for root in ("", "/below", ""):
        sent = set(re.findall(r'action="(.*?)/desk/', ann.get(ALL, root).text))
        assert sent == {root}


def test_who_is_signed_out_gets_nothing_at_once(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    elsewhere = stage.sign_in(ANN)
    assert ann.get(ALL).status_code == 200
    assert elsewhere.post("/account/sessions/end-others").status_code == 302
    assert ann.get(ALL).location.startswith("/sign-in")
    assert elsewhere.get(ALL).status_code == 200


@pytest.mark.parametrize("email", [OWNER, LOOKER])
def test_for_hosts_there_are_no_parts(stage: Stage, email: str) -> None:
    assert stage.sign_in(email).get(ALL).status_code == 404


def test_what_was_written_is_kept_for_a_moment_only(stage: Stage) -> None:
    clock = [0.0]
    written = Written(lambda: clock[0])
    app = stage.world.app
    template = app.jinja_env.from_string("{{ what }}")
    made: list[str] = []

    def get_template(name: str) -> object:
        made.append(name)
        return template

    with app.test_request_context("/"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.jinja_env, "get_template", get_template)
        assert written.html("x", {"what": "one"}) == "one"
        assert written.html("x", {"what": "one"}) == "one"
        assert len(made) == 1
        assert written.html("x", {"what": "two"}) == "two"
        assert len(made) == 2
        clock[0] = 61.0
        assert written.html("x", {"what": "two"}) == "two"
        assert len(made) == 3


def test_what_many_ask_for_at_the_same_moment_is_written_once(stage: Stage) -> None:
    written, app, made = Written(), stage.world.app, []
    all_there = threading.Barrier(8)

    class Slow:
        def render(self, values: object) -> str:
            made.append(values)
            threading.Event().wait(0.05)  # so that the others could come in between
            return "the queue"

    def ask(_: int) -> str:
        with app.test_request_context("/"):
            all_there.wait(30)
            return written.html("x", {"what": "one"})

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        patch.setattr(app.jinja_env, "get_template", lambda _name: Slow())
        assert set(pool.map(ask, range(8))) == {"the queue"}
    assert len(made) == 1


def a_look(call: dict[str, object], declined: dict[tuple[int, int], datetime]) -> Look:
    """Two operators of a desk, and one call there."""
    bare: dict[str, Any] = dict.fromkeys(Call._fields) | {"id": 7, "state": "pending"}
    members = [
        Member(
            id=number,
            public_id=f"{number}",
            desk_id=1,
            desk="Night desk",
            desk_name=f"Op {number}",
            languages=("en",),
            state=PresenceState.AVAILABLE,
            since=None,
            misses=0,
        )
        for number in (1, 2)
    ]
    return Look(
        at=NOW,
        members={one.id: one for one in members},
        calls={1: (Call(**bare | call),)},
        declined=declined,
    )


@pytest.mark.parametrize(
    ("call", "declined"),
    [({"operator_id": 1}, {}), ({"preferred_id": 1}, {}), ({}, {(1, 7): NOW})],
    ids=["has it", "is waited for", "gave it back"],
)
def test_whom_a_call_names_sees_the_queue_like_nobody_else(
    call: dict[str, object], declined: dict[tuple[int, int], datetime]
) -> None:
    look = a_look(call, declined)
    assert look.crowd_of(look.members[1]) is None
    assert look.crowd_of(look.members[2]) is not None


def test_a_crowd_is_of_one_desk_and_the_same_languages() -> None:
    look = a_look({}, {})
    ann, ben = look.members.values()
    assert look.crowd_of(ann) == look.crowd_of(ben) is not None
    assert look.crowd_of(replace(ben, languages=("en", "fr"))) != look.crowd_of(ann)
    assert look.crowd_of(replace(ben, desk_id=2)) != look.crowd_of(ann)
