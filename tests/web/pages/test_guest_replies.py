"""What a guest writes at the desk, on the board and at the host's: as text, and who read it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from sqlalchemy import select

from callassist.models import GuestReply, Nudge, StopEntry
from callassist.ports.texting import IncomingText
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, BEN, CHIEF, LOOKER, OTHER, OWNER, Stage
from tests.web.world import GUEST

_number = count(1)
WORDS = "Sorry <b>stop</b> it, call +33 6 39 98 12 34"


@dataclass(frozen=True)
class Called:
    """A host who asked for a call and the operator who is offered it."""

    stage: Stage
    ann: Browser
    owner: Browser
    incident_id: str


@pytest.fixture
def called(stage: Stage) -> Called:
    ann, owner = stage.sign_in(ANN), stage.sign_in(OWNER)
    stage.available(ann)
    return Called(stage, ann, owner, stage.call_about_home(owner))


def writes(stage: Stage, words: str = WORDS) -> None:
    text = IncomingText(text_id=f"TXT{next(_number)}", sender=GUEST, body=words)
    stage.world.service.record_inbound_text("simulated", text, stage.world.clock.now())


def reply(stage: Stage) -> GuestReply:
    with stage.world.service.sessions.read() as session:
        return session.scalars(select(GuestReply)).one()


def stops(stage: Stage) -> list[str]:
    with stage.world.service.sessions.read() as session:
        return [one.source for one in session.scalars(select(StopEntry))]


def test_who_has_the_call_reads_the_words_without_numbers_and_says_so(called: Called) -> None:
    writes(called.stage)
    task = called.stage.task().public_id
    for path in (f"/desk/tasks/{task}", f"/desk/tasks/{task}/call"):
        page = called.ann.get(path).text
        assert "Sorry &lt;b&gt;stop&lt;/b&gt; it, call •••" in page
        assert "you decide" in page
    called.ann.post(f"/desk/tasks/{task}/replies/{reply(called.stage).public_id}/read")
    assert (reply(called.stage).read_by, stops(called.stage)) == ("operator", [])
    assert "Read by Ann at" in called.ann.get(f"/desk/tasks/{task}").text
    assert "Read by Ann at" in called.owner.get(f"/incidents/{called.incident_id}").text


def test_a_colleague_without_the_call_reads_nothing(called: Called) -> None:
    writes(called.stage)
    ben, task = called.stage.sign_in(BEN), called.stage.task().public_id
    assert "Sorry" not in ben.get("/desk").text
    answer = ben.post(f"/desk/tasks/{task}/replies/{reply(called.stage).public_id}/stop")
    assert (answer.status_code, stops(called.stage)) == (404, [])


def test_the_host_reads_it_on_the_timeline_and_records_the_stop(called: Called) -> None:
    writes(called.stage)
    page = called.owner.get(f"/incidents/{called.incident_id}").text
    assert "Sorry &lt;b&gt;stop&lt;/b&gt; it, call +33 6 39 98 12 34" in page
    path = f"/incidents/{called.incident_id}/replies/{reply(called.stage).public_id}/stop"
    assert called.stage.sign_in(LOOKER).post(path).status_code == 403
    assert called.stage.sign_in(OTHER).post(path).status_code == 404
    assert stops(called.stage) == []
    called.owner.post(path)
    assert (stops(called.stage), reply(called.stage).read_by) == (["reply"], "host")
    assert "Read by the host" in called.owner.get(f"/incidents/{called.incident_id}").text


def test_the_supervisor_has_it_on_the_board_until_somebody_read_it(called: Called) -> None:
    writes(called.stage)
    chief = called.stage.sign_in(CHIEF)
    page = chief.get("/board").text
    assert "Guests wrote" in page
    assert "call •••" in page
    path = f"/board/replies/{reply(called.stage).public_id}/read"
    assert called.ann.post(path).status_code == 404
    chief.post(path)
    assert reply(called.stage).read_by == "supervisor"
    assert "Guests wrote" not in chief.get("/board").text


def test_a_nudge_tells_the_call_the_desk_and_the_host(called: Called) -> None:
    with called.stage.world.service.sessions.read() as session:
        before = {row.id for row in session.scalars(select(Nudge))}
    writes(called.stage)
    with called.stage.world.service.sessions.read() as session:
        rows = [row for row in session.scalars(select(Nudge)) if row.id not in before]
    assert {row.kind for row in rows} >= {"task", "queue", "incident"}
    assert all("Sorry" not in str(vars(row)) for row in rows)
