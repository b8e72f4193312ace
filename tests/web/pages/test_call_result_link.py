"""By link, without signing in: how did the call go? It shows little, works once and runs out."""

from __future__ import annotations

from sqlalchemy import select

from callassist.models import CallAttempt, CallTask, PhoneRing
from callassist.roster.result_links import result_link
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, GUEST_NAME, HOME, OWNER


def rung(stage):
    """Ann has the call in her wrap-up, as if she had taken it by phone; the link to its result."""
    ann, owner = stage.sign_in(ANN), stage.sign_in(OWNER)
    stage.available(ann)
    stage.call_about_home(owner)
    task = stage.task_of("Ann").public_id
    for act in ("accept", "dial"):
        ann.post(f"/desk/tasks/{task}/{act}")
    stage.world.run()
    while stage.task().state != "wrapping_up":
        stage.world.pass_time(seconds=30)
        ann.post("/desk/beat")
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        attempt = session.scalars(select(CallAttempt)).one()
        ring = PhoneRing(
            about="task",
            account_id=attempt.account_id,
            incident_id=attempt.incident_id,
            task_id=attempt.task_id,
            operator_id=attempt.operator_id,
            attempt_id=attempt.id,
            turn=0,
            language="en",
            number_index="index",
            number_mask="•••",
            state="ended",
            ending="taken",
            provider="simulated",
            token="ring",
            requested_at=now,
            ended_at=now,
            result_asked_at=now,
        )
        session.add(ring)
        session.flush()
        return result_link(stage.vault, ring, "")


def test_one_tap_saves_the_result_once_and_the_page_shows_no_name_and_no_number(stage):
    link = rung(stage)
    anybody = Browser(stage.world.app)
    page = anybody.page(link)
    assert stage.incident().reference in page
    assert "Agreed to turn it down" in page
    for secret in (HOME, "Robin", "+1202", GUEST_NAME, "Maria"):
        assert secret not in page
    saved = anybody.post(link, result="guest_agreed")
    assert saved.status_code == 200
    assert "it is noted" in saved.text
    assert stage.task().result == "guest_agreed"
    assert anybody.post(link, result="guest_refused").status_code == 409
    assert stage.task().result == "guest_agreed"
    assert "it is noted" in anybody.page(link)


def test_a_link_that_was_guessed_or_has_run_out_saves_nothing(stage):
    link = rung(stage)
    anybody = Browser(stage.world.app)
    wrong = anybody.post(link[:-1] + ("0" if link[-1] != "0" else "1"), result="guest_agreed")
    assert wrong.status_code == 404
    assert anybody.post(link, result="language_barrier").status_code in (400, 422)
    stage.world.pass_time(minutes=8)
    with stage.world.service.sessions.read() as session:
        first = session.scalars(select(CallTask).order_by(CallTask.id)).first()
    assert first.result == "not_recorded"
    assert anybody.get(link).status_code == 410
