"""A call that nobody at the desk can take: what its supervisor can do, and what comes by itself."""

from __future__ import annotations

import re

from callassist.domain.log_action import LogAction
from callassist.models import IncidentLogEntry, Intervention
from tests.web.pages.browser import words_of
from tests.web.pages.stage import ANN, OWNER, Stage
from tests.web.pages.test_board import chief, operator, presence, rows


def waiting_call(stage: Stage) -> str:
    """A call that is due while everybody is away; its page on the board."""
    stage.call_about_home(stage.sign_in(OWNER))
    return f"/board/tasks/{stage.task().public_id}"


def told(stage: Stage) -> int:
    """How often the host was told that nobody takes the call."""
    return sum(
        entry.action == LogAction.HOST_TOLD and entry.data.get("reason") == "nobody_takes_it"
        for entry in rows(stage, IncidentLogEntry)
    )


def test_the_page_offers_what_can_be_done_and_says_what_comes_by_itself(stage: Stage) -> None:
    sue = chief(stage)
    page = words_of(sue.page(waiting_call(stage)))
    assert "Nobody is free." in page
    assert "I make this call" in page
    assert "Tell the host now" in page
    assert "a voice phones the guest where it may, else the host hears of it" in page
    assert "the guest is given up, the host’s contacts are next" in page
    assert "the supervisor on duty is paged" in words_of(sue.page("/board"))


def test_a_supervisor_makes_the_call_and_it_is_written_down(stage: Stage) -> None:
    sue = chief(stage)
    path = waiting_call(stage)
    answer = sue.post(path, act="take", reason="urgent")
    assert answer.location == f"/desk/tasks/{stage.task().public_id}#call"
    assert "Call the guest" in sue.page(answer.location.partition("#")[0])
    assert presence(stage, "Sue") == "on_a_call"
    assert [each.kind for each in rows(stage, Intervention)] == ["assigned"]


def test_a_call_taken_meanwhile_is_not_taken_a_second_time(stage: Stage) -> None:
    sue, ann = chief(stage), stage.sign_in(ANN)
    path = waiting_call(stage)
    stage.available(ann)
    ann.post(f"/desk/tasks/{stage.task().public_id}/accept")
    refused = sue.post(path, act="take", reason="urgent")
    assert refused.status_code == 422
    assert "Already taken by Ann" in words_of(refused.text)
    assert stage.task().operator_id == operator(stage, "Ann").id
    assert presence(stage, "Sue") == "offline"
    assert rows(stage, Intervention) == []


def test_who_is_no_operator_of_the_desk_is_not_offered_to_call(stage: Stage) -> None:
    boss = stage.sign_in("chief@example.com")  # runs the service, is at no desk
    path = waiting_call(stage)
    assert "I make this call" not in boss.page(path)
    refused = boss.post(path, act="take", reason="urgent")
    assert refused.status_code == 422
    assert "no operator of this desk" in words_of(refused.text)


def test_the_host_is_told_at_once_and_only_once(stage: Stage) -> None:
    sue = chief(stage)
    path = waiting_call(stage)
    assert sue.post(path, act="tell_host", reason="urgent").status_code == 302
    assert told(stage) == 1
    assert "Sue told the host that nobody takes the call" in words_of(sue.page("/board"))
    assert "Tell the host now" not in sue.page(path)
    stage.world.pass_time(minutes=12)
    assert told(stage) == 1
    assert stage.task().state == "pending"


def test_a_reason_is_needed_for_each(stage: Stage) -> None:
    sue = chief(stage)
    path = waiting_call(stage)
    for act in ("take", "tell_host"):
        assert sue.post(path, act=act, reason="").status_code == 422
    assert stage.task().state == "pending"
    assert told(stage) == 0


def test_somebody_on_a_break_can_be_set_available_from_there(stage: Stage) -> None:
    sue, ann = chief(stage), stage.sign_in(ANN)
    ann.post("/desk/presence", state="break")
    page = sue.page(waiting_call(stage))
    path = f"/board/operators/{operator(stage, 'Ann').public_id}"
    assert f'{path}?state=available"' in page
    assert re.search('value="available" (checked|selected)', sue.page(f"{path}?state=available"))
