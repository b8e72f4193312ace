"""What is written back, as the host of a connection and an operator see it."""

from __future__ import annotations

import pytest

from callassist.domain.written_back import Kind, Written
from callassist.models import PmsMessage
from tests.web.pages.browser import words_of
from tests.web.pages.host.systems_stage import connected, of
from tests.web.pages.stage import LOOKER, OWNER, Stage
from tests.web.pages.test_desk import offered


def written(stage: Stage, system_id: str, state: Written, kind: Kind, error: str = "") -> None:
    """A message or note that the system was asked to take."""
    with stage.world.service.sessions.write() as session:
        connection = of(session, system_id)
        session.add(
            PmsMessage(
                account_id=connection.account_id,
                connection_id=connection.id,
                kind=str(kind),
                key=f"{state}:{kind}",
                state=str(state),
                error=error or None,
                created_at=stage.world.clock.now(),
            )
        )


def switches(stage: Stage, system_id: str) -> tuple[bool, bool]:
    with stage.world.service.sessions.read() as session:
        row = of(session, system_id)
        return row.sends_messages, row.sends_notes


def test_both_are_off_until_the_host_turns_them_on(stage: Stage) -> None:
    system_id = connected(stage)
    assert switches(stage, system_id) == (False, False)
    owner = stage.sign_in(OWNER)
    owner.post(f"/systems/{system_id}/choices", sends_messages="yes")
    assert switches(stage, system_id) == (True, False)
    owner.post(f"/systems/{system_id}/choices", sends_notes="yes")
    assert switches(stage, system_id) == (False, True)


@pytest.mark.parametrize(
    ("vendor", "word"),
    [
        ("hospitable", "Hospitable takes no notes from us."),
        ("mews", "takes neither messages nor notes from us."),
        ("lodgify", "nobody has confirmed it yet"),
    ],
)
def test_the_page_says_what_a_system_cannot_do_and_what_is_not_confirmed(
    stage: Stage, vendor: str, word: str
) -> None:
    system_id = connected(stage, vendor)
    assert word in words_of(stage.sign_in(OWNER).page(f"/systems/{system_id}"))


def test_what_a_system_cannot_do_is_not_turned_on(stage: Stage) -> None:
    system_id = connected(stage, "mews")
    stage.sign_in(OWNER).post(
        f"/systems/{system_id}/choices", sends_messages="yes", sends_notes="yes"
    )
    assert switches(stage, system_id) == (False, False)


def test_the_host_reads_what_was_taken_refused_or_is_not_known(stage: Stage) -> None:
    system_id = connected(stage)
    written(stage, system_id, Written.SENT, Kind.MESSAGE)
    written(stage, system_id, Written.FAILED, Kind.NOTE, "<b>Lodgify</b> says no")
    written(stage, system_id, Written.UNKNOWN, Kind.MESSAGE)
    written(stage, system_id, Written.WAITING, Kind.MESSAGE)
    page = stage.sign_in(OWNER).page(f"/systems/{system_id}")
    assert "&lt;b&gt;Lodgify" in page
    words = words_of(page)
    assert "not taken" in words
    assert "The answer was lost" in words
    assert "waiting" not in words.partition("Written back into")[2].partition("Readings")[0]


def test_whoever_may_only_look_turns_nothing_on(stage: Stage) -> None:
    system_id = connected(stage)
    answer = stage.sign_in(LOOKER).post(f"/systems/{system_id}/choices", sends_messages="yes")
    assert answer.status_code == 403
    assert switches(stage, system_id) == (False, False)


def test_an_operator_sees_that_the_guest_was_written_to_as_well(stage: Stage) -> None:
    ann, task = offered(stage)
    ann.post(f"{task}/accept")
    assert "written to in the booking" not in ann.page(task)
    system_id = connected(stage)
    with stage.world.service.sessions.write() as session:
        connection, now = of(session, system_id), stage.world.clock.now()
        session.add(
            PmsMessage(
                account_id=connection.account_id,
                connection_id=connection.id,
                incident_id=stage.incident().id,
                kind=str(Kind.MESSAGE),
                key="INC:1",
                step=1,
                state=str(Written.SENT),
                created_at=now,
                sent_at=now,
            )
        )
    assert "written to in the booking" in ann.page(task)
