"""The supervisor's board, wallboard, shifts and scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from callassist.accounts.people import add_person
from callassist.domain.viewer import Role
from callassist.models import CallTask, DeskLink, Intervention, Operator, Presence, Shift
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, BEN, GUEST_NAME, HOME, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements
from tests.web.world import GUEST, HOST

SUE, TIM = "sue@example.com", "tim@example.com"
CANARIES = (HOME, "Seaside", "Foreign", "Robin", "<b>Example", GUEST, HOST, OWNER, "Anna Contact")


def chief(stage: Stage, email: str = SUE) -> Browser:
    """A supervisor of the night desk."""
    with stage.world.service.sessions.write() as session:
        add_person(
            session,
            email,
            Role.SUPERVISOR,
            now=stage.world.clock.now(),
            desk=stage.desk,
            name=email.partition("@")[0].title(),
            desk_name=email.partition("@")[0].title(),
            languages=("en",),
        )
    return stage.sign_in(email)


def operator(stage: Stage, desk_name: str) -> Operator:
    with stage.world.service.sessions.read() as session:
        return session.scalars(select(Operator).where(Operator.desk_name == desk_name)).one()


def presence(stage: Stage, desk_name: str) -> str:
    with stage.world.service.sessions.read() as session:
        found = session.get(Presence, operator(stage, desk_name).id)
        return "offline" if found is None else found.state


def rows(stage: Stage, model):
    with stage.world.service.sessions.read() as session:
        return list(session.scalars(select(model).order_by(model.id)))


def found(pattern: str, page: str) -> str:
    """The first address of this shape."""
    match = re.search(pattern, page)
    assert match is not None, pattern
    return match.group()


def test_the_board_says_who_waits_and_who_could_take_it_and_nothing_about_the_guest(stage):
    sue = chief(stage)
    stage.call_about_home(stage.sign_in(OWNER))
    page = sue.page("/board")
    assert stage.incident().reference.replace("-", " ") in page  # as it is said
    assert "nobody who is free" in page
    assert "nobody is free for it" in sue.page("/board/wall")
    for path in ("/board", "/board/now", "/board/wall", "/board/wall/now"):
        text = unescape(sue.page(path))
        assert [canary for canary in CANARIES if canary in text] == [], path


def test_operators_and_hosts_find_no_board(stage):
    assert stage.sign_in(ANN).get("/board").status_code == 404
    assert stage.sign_in(OTHER).get("/board/wall").status_code == 404
    assert Browser(stage.world.app).get("/board").status_code == 302


def test_a_supervisor_offers_a_waiting_call_to_an_operator_and_it_is_written_down(stage):
    sue = chief(stage)
    ann = stage.sign_in(ANN)
    stage.call_about_home(stage.sign_in(OWNER))
    stage.available(ann)
    ann.post(f"/desk/tasks/{stage.task().public_id}/decline")
    answer = sue.post(
        f"/board/tasks/{stage.task().public_id}",
        act="assign",
        operator=operator(stage, "Ann").public_id,
        reason="urgent",
    )
    assert answer.status_code == 302, answer.text
    assert presence(stage, "Ann") == "offered"
    page = words_of(sue.page("/board"))
    assert "Sue assigned a call to Ann" in page
    assert "It is urgent" in page


def test_a_call_in_somebodys_hands_is_taken_back_but_not_without_a_reason(stage):
    sue = chief(stage)
    ann = stage.sign_in(ANN)
    stage.call_about_home(stage.sign_in(OWNER))
    stage.available(ann)
    path = f"/board/tasks/{stage.task().public_id}"
    refused = sue.post(path, act="take_back", reason="")
    assert refused.status_code == 422
    assert "choose a reason" in refused.text
    assert rows(stage, Intervention) == []
    assert sue.post(path, act="take_back", reason="shift_change").status_code == 302
    assert [each.kind for each in rows(stage, Intervention)] == ["taken_back"]


def test_a_status_is_set_with_a_reason(stage):
    sue = chief(stage)
    path = f"/board/operators/{operator(stage, 'Ben').public_id}"
    assert "Ben" in sue.page(path)
    assert sue.post(path, state="break", reason="training").status_code == 302
    assert presence(stage, "Ben") == "break"
    assert sue.post(path, state="dancing", reason="training").status_code == 422


def test_no_supervisor_reaches_another_desks_people_or_calls(stage):
    sue = chief(stage)
    assert sue.get("/board?desk=22222222222222222222").status_code == 404
    assert sue.get("/board/operators/22222222222222222222").status_code == 404
    assert sue.post("/board/tasks/22222222222222222222", act="assign").status_code == 404


def test_the_board_asks_the_database_as_often_for_many_calls_as_for_few(stage):
    sue = chief(stage)
    stage.more_homes(2, calls=True)
    before = statements(stage, sue, "/board/now"), statements(stage, sue, "/board/wall/now")
    stage.more_homes(9, calls=True)
    assert (
        statements(stage, sue, "/board/now"),
        statements(stage, sue, "/board/wall/now"),
    ) == before


def test_a_kiosk_shows_the_wallboard_by_its_secret_address_until_it_is_revoked(stage):
    sue = chief(stage)
    made = sue.post("/board/links", kind="wall").text
    path = found(r"/wall/[\w-]+", made)
    kiosk = Browser(stage.world.app)
    assert "Night desk" in kiosk.page(path)
    assert "Waiting" in kiosk.page(f"{path}/now")
    assert kiosk.get("/wall/guessed").status_code == 404
    with stage.world.service.sessions.read() as session:
        link = session.scalars(select(DeskLink)).one()
    assert path.rpartition("/")[2] not in (link.token_hash, link.public_id)
    sue.post(f"/board/links/{link.public_id}/revoke")
    assert kiosk.get(path).status_code == 404


def test_shifts_are_added_moved_copied_and_removed_and_gaps_are_named(stage):
    sue = chief(stage)
    week = stage.world.clock.now().date()
    page = words_of(sue.page(f"/board/shifts?week={week}"))
    assert "Nobody for" in page
    known = len(rows(stage, Shift))
    day = week + timedelta(days=40)
    sent = {
        "operator": operator(stage, "Ann").public_id,
        "starts_at": f"{day}T20:00",
        "ends_at": f"{day}T23:30",
    }
    assert sue.post("/board/shifts/new", **sent).status_code == 302
    assert len(rows(stage, Shift)) == known + 1
    overlap = sue.post("/board/shifts/new", **sent)
    assert overlap.status_code == 422
    assert "Overlaps the shift" in overlap.text
    assert f'value="{day}T20:00"' in overlap.text, "what was typed is kept"
    shift = rows(stage, Shift)[-1]
    moved = sue.post(
        f"/board/shifts/{shift.public_id}", starts_at=f"{day}T21:00", ends_at=f"{day}T23:00"
    )
    assert moved.status_code == 302
    following = day + timedelta(days=7)
    sue.post("/board/shifts/copy", week=str(following))
    sue.post("/board/shifts/copy", week=str(following))
    assert len(rows(stage, Shift)) == known + 2, "copying twice adds nothing"
    sue.post(f"/board/shifts/{shift.public_id}/remove")
    assert len(rows(stage, Shift)) == known + 1


def test_shifts_are_a_calendar_under_a_secret_address(stage):
    sue = chief(stage)
    made = sue.post("/board/links", kind="shifts").text
    path = found(r"/calendars/shifts/[\w-]+\.ics", made)
    answer = Browser(stage.world.app).get(path)
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:At the desk: Ann" in answer.text
    assert Browser(stage.world.app).get("/calendars/shifts/no.ics").status_code == 404


def edited(sue: Browser, **changes: str) -> dict[str, str]:
    """The fields of the form that edits the English script, some changed."""
    page = sue.page("/board/scripts/en/edit")
    fields = {
        unescape(name): unescape(text).lstrip("\n")
        for name, text in re.findall(
            r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL
        )
    }
    return fields | {name.replace("__", "."): text for name, text in changes.items()}


def test_a_script_is_written_by_one_supervisor_and_published_by_another(stage):
    sue, tim = chief(stage), chief(stage, TIM)
    kept = sue.post("/board/scripts/en/edit", **edited(sue, guest__thanks="Good night to you."))
    assert kept.status_code == 302
    assert "Good night to you." not in sue.page("/board/scripts")
    publish = found(r"/board/scripts/versions/\w+/publish", sue.page("/board/scripts"))
    sue.post(publish)
    assert "another supervisor" in words_of(sue.page("/board/scripts")).lower()
    tim.post(publish)
    assert "Good night to you." in tim.page("/board/scripts")
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    ann.post(f"/desk/tasks/{stage.task().public_id}/accept")
    assert "Good night to you." in ann.page(f"/desk/tasks/{stage.task().public_id}")
    tim.post("/board/scripts/en/retire")
    assert "Good night to you." not in tim.page("/board/scripts")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "say something here"),
        ("Hello {guest}", "must have no slot"),
        ("Hello {address}\nHello", "unknown slot"),
        ("Hello {guest\nHello", "not closed"),
        ("x" * 601, "at most 600"),
    ],
)
def test_a_sentence_that_could_not_be_said_is_refused_beside_its_box(stage, text, why):
    sue = chief(stage)
    answer = sue.post("/board/scripts/en/edit", **edited(sue, guest__greeting=text))
    assert answer.status_code == 422
    assert why in words_of(answer.text).lower()
    assert 'aria-invalid="true"' in answer.text


def test_the_preview_shows_what_is_said_when_nothing_is_known(stage):
    sue = chief(stage)
    assert "Robin Example" in sue.page("/board/scripts")
    assert "Robin Example" not in sue.page("/board/scripts?preview=missing")


def test_the_pages_speak_french(stage):
    sue = chief(stage)
    sue.post("/language", language="fr", back="/board")
    stage.call_about_home(stage.sign_in(OWNER))
    for path in ("/board", "/board/shifts", "/board/scripts", "/board/wall"):
        text = words_of(sue.page(path))
        assert "Waiting" not in text
        assert "Shifts" not in text
        assert "Operators" not in text


def test_a_guests_name_is_nowhere_on_the_board_even_as_text(stage):
    sue = chief(stage)
    stage.call_about_home(stage.sign_in(OWNER))
    path = f"/board/tasks/{rows(stage, CallTask)[-1].public_id}"
    assert GUEST_NAME not in unescape(sue.page(path))
    assert BEN not in sue.page(path)
