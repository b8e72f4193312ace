"""Who hears what, how streams begin and end, and that no frame tells anything about anybody."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from callassist.accounts.people import add_person
from callassist.domain.nudge import NudgeKind
from callassist.domain.viewer import Role
from callassist.live.frames import Bye
from callassist.live.hub import MOST_WAITING, Subscription
from callassist.live.scope import Scope
from callassist.models import Account, Desk, Person, Property, RoleBinding
from callassist.storage import nudges
from tests.live.scene import LiveStage, cookie_of
from tests.web.pages.stage import ANN, BOTH, CALL_NAME, CHIEF, HOME, OTHER, OWNER, Stage
from tests.web.world import GUEST, HOST, World

CANARIES = (HOME, CALL_NAME, "Robin", "Maria", "Anna", "Foreign", GUEST, HOST, "example.com")


def tell(live: LiveStage, **place: int) -> None:
    told = nudges.Told(kind=NudgeKind.SHIFT, public_id="last", **place)
    with live.stage.world.service.sessions.write() as session:
        nudges.tell(session, told)


def kinds(events: list[tuple[str, dict[str, str]]]) -> set[str]:
    return {name for name, _ in events} - {"hello", "beat"}


def test_a_stream_says_hello_with_the_clock_and_then_beats(live: LiveStage) -> None:
    answer = live.ask(live.cookie(ANN))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["X-Common"] == "yes"
    (name, hello), *_ = answer.until("beat")
    assert name == "hello"
    assert hello == {
        "now": live.stage.world.clock.now().isoformat(),
        "rate": 1.0,
        "beat": 0.15,
        "version": "1",
    }
    assert answer.raw.startswith(b"retry: 2000\n\n")


def test_visitors_and_other_methods_are_refused(live: LiveStage) -> None:
    assert live.ask("").status == 401
    assert live.ask("callassist=forged").status == 401
    refused = live.ask(live.cookie(ANN), method="POST")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET")


def test_a_night_is_heard_by_desk_and_host_and_nobody_else(live: LiveStage) -> None:
    operator, owner, other = live.open(ANN), live.open(OWNER), live.open(OTHER)
    stage = live.stage
    ann = stage.sign_in(ANN)
    stage.call_about_home(stage.sign_in(OWNER))
    stage.available(ann)
    stage.answer_call(ann, "guest_agreed", note="was friendly")
    tell(live, account_id=stage.account.id)
    tell(live, desk_id=stage.desk.id)
    tell(live, account_id=stage.other.id)
    heard = [operator.until("shift"), owner.until("shift"), other.until("shift")]
    assert {"queue", "task", "presence", "incident"} <= kinds(heard[0])
    assert {"incident", "home", "notice"} <= kinds(heard[1])
    assert not {"queue", "task", "presence"} & kinds(heard[1])
    assert kinds(heard[2]) == {"shift"}
    assert ("task", {"id": stage.task().public_id}) in heard[0]
    assert ("incident", {"id": stage.incident().public_id}) in heard[1]
    said = b"".join(answer.raw for answer in (operator, owner, other)).decode()
    for canary in CANARIES:
        assert canary not in said
    for events in heard:
        for name, data in events:
            assert set(data) == {"id"} or name in ("hello", "beat")


def test_a_home_is_never_told_to_the_desk(live: LiveStage) -> None:
    operator, owner = live.open(ANN), live.open(OWNER)
    with live.stage.world.service.sessions.write() as session:
        session.get_one(Property, live.stage.home.id).name = "Another name"
    tell(live, desk_id=live.stage.desk.id)
    assert ("home", {"id": live.stage.home_id}) in owner.until("home")
    assert operator.until("shift")[-1] == ("shift", {"id": "last"})


def test_whoever_is_both_hears_both_and_an_administrator_every_desk(live: LiveStage) -> None:
    both, chief = live.open(BOTH), live.open(CHIEF)
    tell(live, account_id=live.stage.account.id)
    assert both.until("shift")
    tell(live, desk_id=live.stage.desk.id)
    assert both.until("shift")
    assert chief.until("shift")
    with live.stage.world.service.sessions.write() as session:
        session.get_one(Desk, live.stage.desk.id).name = "Day desk"
    assert ("queue", {"id": live.stage.desk_id}) in chief.until("queue")


def test_signing_out_ends_the_stream_at_once(live: LiveStage) -> None:
    browser = live.stage.sign_in(ANN)
    cookie = cookie_of(browser)
    answer = live.ask(cookie)
    answer.until("hello")
    browser.post("/sign-out")
    assert answer.until("bye")[-1] == ("bye", {"why": "access"})
    assert live.ask(cookie).status == 401


def test_a_role_that_is_taken_away_ends_the_stream(live: LiveStage) -> None:
    stage = live.stage
    with stage.world.service.sessions.write() as session:
        account = session.get_one(Account, stage.account.id)
        add_person(session, OTHER, Role.MANAGER, now=stage.world.clock.now(), account=account)
    answer = live.open(OTHER)
    tell(live, account_id=stage.account.id)
    answer.until("shift")
    with stage.world.service.sessions.write() as session:
        managers = select(RoleBinding).where(RoleBinding.role == Role.MANAGER)
        session.delete(session.scalars(managers).one())
    tell(live, account_id=stage.account.id)
    assert answer.until("bye")[-1] == ("bye", {"why": "access"})


def test_what_no_nudge_told_of_is_noticed_at_the_next_beat(live: LiveStage) -> None:
    answer = live.open(ANN)
    with live.stage.world.service.sessions.write() as session:
        session.connection().execute(update(Person).values(active=False))
    assert [name for name, _ in answer.until("bye")].count("beat") <= 3


def test_the_cap_is_kept_and_a_place_that_becomes_free_is_given(live: LiveStage) -> None:
    cookie = live.cookie(ANN)
    answers = [live.ask(cookie) for _ in range(10)]
    refused = live.ask(cookie)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
    answers[3].close()
    assert live.ask(cookie).status == 200
    assert live.hub.amount() == 10


def test_a_newer_stream_of_the_same_browser_takes_the_place_of_the_older(live: LiveStage) -> None:
    cookie = live.cookie(ANN)
    older, other = live.ask(cookie, tab="a1"), live.ask(cookie, tab="b2")
    newer = live.ask(cookie, tab="a1")
    assert older.until("bye")[-1] == ("bye", {"why": "moved"})
    assert live.hub.amount() == 2
    tell(live, desk_id=live.stage.desk.id)
    assert newer.until("shift")
    assert other.until("shift")
    assert live.ask(live.cookie(OWNER), tab="b2").status == 200
    assert live.hub.amount() == 3, "the same name in another person's browser is another browser"


def test_a_browser_that_does_not_read_is_told_to_begin_again() -> None:
    nowhere = Scope(person_id=1, account_ids=frozenset(), desk_ids=frozenset(), every_desk=False)
    unread = Subscription(nowhere, "", 0)
    for _ in range(MOST_WAITING):
        unread.put(b"nudge")
    assert unread.bye is None
    unread.put(b"one too many")
    assert unread.bye is Bye.BEHIND


def test_stopping_says_goodbye_to_all_and_takes_nobody(live: LiveStage) -> None:
    answer = live.open(ANN)
    began = time.monotonic()
    live.hub.stop()
    assert answer.until("bye")[-1] == ("bye", {"why": "stop"})
    assert time.monotonic() - began < 2
    assert live.ask(live.cookie(ANN)).status == 503


def test_what_another_process_commits_is_heard_too(live: LiveStage) -> None:
    """Its sessions ring no bell here."""
    answer = live.open(ANN)
    own = live.stage.world.service.sessions
    elsewhere = type(own)(own.engine)
    with elsewhere.write() as session:
        session.get_one(Desk, live.stage.desk.id).name = "Day desk"
    assert answer.until("queue")


def test_a_commit_is_heard_while_the_stream_waits(live: LiveStage) -> None:
    answer = live.open(ANN)
    timer = threading.Timer(0.05, lambda: tell(live, desk_id=live.stage.desk.id))
    timer.start()
    began = time.monotonic()
    answer.until("shift")
    timer.join()
    assert time.monotonic() - began < 5


def test_a_stream_ends_at_its_greatest_age(world_on_each: World) -> None:
    stage = LiveStage(Stage(world_on_each), max_age=timedelta(seconds=0.4))
    try:
        answer = stage.open(ANN)
        assert answer.until("bye")[-1] == ("bye", {"why": "age"})
        assert stage.ask(stage.cookie(ANN)).status == 200
    finally:
        stage.close()


@pytest.mark.parametrize("email", [ANN, OWNER])
def test_streams_leave_nothing_behind(live: LiveStage, email: str) -> None:
    answer = live.open(email)
    answer.close()
    assert live.hub.amount() == 0
