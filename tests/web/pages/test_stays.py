"""Stays and guests: list, calendar, form, files; what is typed is kept, what is wrong is said."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from callassist import stays
from callassist.models import Consent, Stay, StayNumber
from callassist.stays.stops import do_not_call
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ADMIN, GUEST_NAME, HOME, LOOKER, OTHER, OWNER, Stage, local
from tests.web.pages.test_query_counts import statements

HEAD = "home,check_in,check_out,guest,phone,reference\n"


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def send(browser: Browser, content: bytes, name: str = "stays.csv", **fields: str) -> TestResponse:
    browser.get("/stays/import")
    sent = {"csrf_token": browser.token, "file": FileStorage(io.BytesIO(content), name), **fields}
    # Encoded here: the client itself would write a long body into a file that nobody closes.
    boundary, body = encode_multipart(sent)
    form = f"multipart/form-data; boundary={boundary}"
    return browser._client.post(
        "/stays/import", data=body, content_type=form, headers=browser._headers
    )


def count(stage: Stage) -> int:
    with stage.world.service.sessions.read() as session:
        return session.scalar(select(func.count(Stay.id))) or 0


@pytest.mark.parametrize(("language", "said"), [("en", "there now"), ("fr", "sur place")])
def test_the_list_shows_guests_masked_and_their_names_as_text(
    stage: Stage, language: str, said: str
) -> None:
    browser = stage.sign_in(OWNER)
    browser.post("/language", language=language)
    page = browser.page("/stays")
    assert said in words_of(page)
    assert GUEST_NAME in words_of(page)
    assert "<b>Example" not in page
    assert "2025550102" not in page.replace(" ", "")
    assert "Foreign" not in page


def test_tonights_guests_without_a_number_stand_on_top(stage: Stage, owner: Browser) -> None:
    assert "nobody can be phoned" not in owner.page("/stays")
    with stage.world.service.sessions.write() as session:
        number = session.scalars(
            select(StayNumber).join(Stay).where(Stay.property_id == stage.home.id)
        ).one()
        stays.flag_number(session, number.id, "invalid_number", stage.world.clock.now())
    page = words_of(owner.page("/stays"))
    assert "Tonight nobody can be phoned in one home" in page
    assert "is wrong" in page
    assert "flagged on Sat 13 Jun" in page
    other = words_of(stage.sign_in(OTHER).page("/stays"))
    assert "nobody can be phoned" not in other


def test_a_flagged_number_is_corrected_or_said_to_be_right(stage: Stage, owner: Browser) -> None:
    path = f"/homes/{stage.home_id}/stays/{stage.stay_id()}"
    with stage.world.service.sessions.write() as session:
        number = session.scalars(
            select(StayNumber).join(Stay).where(Stay.property_id == stage.home.id)
        ).one()
        stays.flag_number(session, number.id, "wrong_person", stage.world.clock.now())
    assert "Flagged by the operator on Sat 13 Jun" in words_of(owner.page(path))
    assert stage.sign_in(LOOKER).post(f"{path}/numbers/1/unflag").status_code == 403
    assert stage.sign_in(OTHER).post(f"{path}/numbers/1/unflag").status_code == 404
    assert owner.post(f"{path}/numbers/9/unflag").status_code == 404
    assert owner.post(f"{path}/numbers/1/unflag").status_code == 302
    assert "Flagged by the operator" not in owner.page(path)


def checked(browser: Browser, stage: Stage, number: str) -> dict[str, Any]:
    answer = browser.post("/numbers/check", home=stage.home_id, number=number)
    assert isinstance(answer.json, dict)
    return answer.json


def test_numbers_are_checked_while_they_are_typed(stage: Stage, owner: Browser) -> None:
    good = checked(owner, stage, "+1 202 555 0109")
    assert good["ok"] is True
    assert (good["language"], "United States" in good["said"]) == ("en", True)
    local_form = checked(owner, stage, "06 12 34 56 78")
    assert local_form["ok"] is True
    for wrong in ("12", "<script>", "+33 6 39 98 00 01", "=1+1", "9" * 500):
        answer = checked(owner, stage, wrong)
        assert answer["ok"] is False
        assert answer["said"].endswith(".")
    for email in (OTHER, LOOKER):
        denied = stage.sign_in(email).post("/numbers/check", home=stage.home_id, number="12")
        assert denied.status_code in (403, 404)
    visitor = Browser(stage.world.app)
    asked = visitor.post("/numbers/check", home=stage.home_id, number="12")
    assert asked.status_code == 302


def test_two_numbers_and_a_permission_are_kept_and_the_permission_can_be_ended(
    stage: Stage, owner: Browser
) -> None:
    now = stage.world.clock.now()
    form = {
        "check_in_at": local(now + timedelta(days=10)),
        "check_out_at": local(now + timedelta(days=12)),
        "guest_name": "Ada Example",
        "numbers": "+1 202 555 0109\n+1 202 555 0110",
        "consent_sms": "yes",
        "consent_by": "booking",
        "consent_text": "We may text you.",
    }
    path = f"/homes/{stage.home_id}/stays/new"
    refused = owner.post(path, **form)
    assert refused.status_code == 422  # where it can be seen is missing
    assert "Say what was agreed to" in refused.text
    assert "Ada Example" in refused.text
    assert count(stage) == 2
    assert owner.post(path, **form, consent_source="House rules 4").status_code == 302
    with stage.world.service.sessions.read() as session:
        stay = session.scalars(select(Stay).order_by(Stay.id.desc())).first()
        assert stay is not None
        assert [one.number_mask[:3] for one in stay.numbers] == ["+1•", "+1•"]
        assert stay.language == "en"
        consent = session.scalars(select(Consent)).one()
        ids = (stay.public_id, consent.public_id)
    page = f"/homes/{stage.home_id}/stays/{ids[0]}"
    assert "We may text you." in owner.page(page)
    other = stage.sign_in(OTHER)
    assert other.post(f"{page}/consents/{ids[1]}/withdraw").status_code == 404
    assert owner.post(f"{page}/consents/{ids[1]}/withdraw").status_code == 302
    assert "consent-given" not in owner.page(page)


def test_an_overlap_with_an_imported_stay_is_asked_about_before_it_is_saved(
    stage: Stage, owner: Browser
) -> None:
    send_and_store(owner, f"{HEAD}{HOME},2026-08-01,2026-08-05,Imported,+12025550105,R1\n")
    form = {
        "check_in_at": "2026-08-04T15:00",
        "check_out_at": "2026-08-06T11:00",
        "guest_name": "Next one",
    }
    path = f"/homes/{stage.home_id}/stays/new"
    asked = owner.post(path, **form)
    assert asked.status_code == 422
    assert "Another stay (file) is there" in words_of(asked.text)
    assert 'value="Next one"' in asked.text
    before = count(stage)
    assert owner.post(path, **form, sure="yes").status_code == 302
    assert count(stage) == before + 1


def test_a_year_that_is_long_past_is_asked_about(stage: Stage, owner: Browser) -> None:
    form = {"check_in_at": "2026-01-02T15:00", "check_out_at": "2026-09-06T11:00"}
    asked = owner.post(f"/homes/{stage.other_home_id}/stays/new", **form)
    assert asked.status_code == 404
    with stage.world.service.sessions.write() as session:
        stays.cancel_stay(session, ADMIN, stage.stay_id(), now=stage.world.clock.now())
    asked = owner.post(f"/homes/{stage.home_id}/stays/new", **form)
    assert "is the year right?" in words_of(asked.text)


def test_calls_for_a_stay_are_stopped_and_allowed_by_the_host_but_not_against_the_guest(
    stage: Stage, owner: Browser
) -> None:
    path = f"/homes/{stage.home_id}/stays/{stage.stay_id()}"
    assert owner.post(f"{path}/stop-calls").status_code == 302
    assert "Allow calls again" in owner.page(path)
    assert owner.post(f"{path}/allow-calls").status_code == 302
    with stage.world.service.sessions.write() as session:
        stay = session.scalars(select(Stay).where(Stay.property_id == stage.home.id)).one()
        assert stay.do_not_call_at is None
        do_not_call(session, stay, None, "operator", stage.world.clock.now())
    assert "The guest asked not to be phoned" in words_of(owner.page(path))
    assert owner.post(f"{path}/allow-calls").status_code == 409


def test_the_calendar_shows_a_month_and_refuses_what_is_none(stage: Stage, owner: Browser) -> None:
    page = words_of(owner.page("/stays/calendar"))
    assert "June 2026" in page
    assert GUEST_NAME in page
    assert "Foreign" not in page
    assert GUEST_NAME not in words_of(owner.page("/stays/calendar?month=2027-02"))
    owner.post("/language", language="fr")
    assert "Juin 2026" in words_of(owner.page("/stays/calendar"))
    owner.post("/language", language="en")
    for month in ("2026-13", "x", "0001-01", "9999-12", "2026-1"):
        assert owner.get(f"/stays/calendar?month={month}").status_code == 404
    assert owner.get(f"/stays/calendar?home={stage.other_home_id}").status_code == 404
    assert GUEST_NAME in words_of(owner.page("/stays?day=2026-06-13"))
    assert GUEST_NAME not in words_of(owner.page("/stays?day=2026-07-13"))


def send_and_store(browser: Browser, text: str) -> None:
    sent = send(browser, text.encode())
    assert sent.status_code == 302, sent.text
    assert browser.post(f"{sent.location}/store").status_code == 302


def test_a_file_is_shown_row_by_row_and_stored_once(stage: Stage, owner: Browser) -> None:
    text = HEAD + (
        f"{HOME},2026-07-01,2026-07-05,<b>Eve</b>,+12025550106,R1\n"
        f"{HOME},2026-07-06,2026-07-09,=HYPERLINK(1),12,R2\n"
        "Nowhere,2026-07-01,2026-07-05,Fay,+12025550107,R3\n"
    )
    sent = send(owner, text.encode())
    page = owner.page(sent.location)
    assert "<b>Eve</b>" not in page
    shown = words_of(page)
    for words in (
        "<b>Eve</b>",
        "=HYPERLINK(1)",
        "None of your homes is called so",
        "Store 2 stays",
    ):
        assert words in shown
    assert count(stage) == 2
    assert stage.sign_in(OTHER).get(sent.location).status_code == 404
    assert stage.sign_in(OTHER).post(f"{sent.location}/store").status_code == 404
    assert stage.sign_in(LOOKER).post(f"{sent.location}/store").status_code == 403
    owner.page(sent.location)
    assert owner.post(f"{sent.location}/store").status_code == 302
    assert count(stage) == 4
    assert owner.post(f"{sent.location}/store").status_code == 404
    again = send(owner, text.encode())
    assert "nothing in this file that would change" in words_of(owner.page(again.location))
    assert owner.post(f"{again.location}/drop").status_code == 302
    assert count(stage) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "Excel workbook"),
        (b"hello", "not a CSV file"),
        ((HEAD + "a,b,c,d,e,f\n" * 50_000).encode(), "This file has 50000 rows; at most 5000"),
        (b"x" * 6_000_000, "larger than 5 MB"),
    ],
)
def test_what_is_no_file_of_stays_is_refused_in_words(
    stage: Stage, owner: Browser, content: bytes, said: str
) -> None:
    refused = send(owner, content)
    assert refused.status_code == 422
    assert said in words_of(refused.text)
    assert re.search(r'id="e-file"', refused.text)


def test_columns_are_chosen_by_hand_where_they_are_not_understood(
    stage: Stage, owner: Browser
) -> None:
    sent = send(owner, b"wann,bis,wer\n20/07/2026,22/07/2026,Ina\n", home=stage.home_id)
    assert "Say which column is what" in owner.page(sent.location)
    refused = owner.post(sent.location, check_in="0", check_out="0", order="day_first")
    assert refused.status_code == 422
    assert "chosen twice" in refused.text
    for wrong in ({"check_in": "99", "check_out": "1"}, {"check_in": "-1", "check_out": "1"}):
        assert owner.post(sent.location, **wrong).status_code == 422
    chosen = {"check_in": "0", "check_out": "1", "guest": "2", "default_home": stage.home_id}
    assert owner.post(sent.location, **chosen).status_code == 302
    assert "Store one stay" in owner.page(sent.location)


def test_stays_leave_as_a_file_that_no_spreadsheet_runs_and_come_back_the_same(
    stage: Stage, owner: Browser
) -> None:
    send_and_store(owner, f"{HEAD}{HOME},2026-07-01,2026-07-05,=1+1,+12025550106,R1\n")
    answer = owner.get("/stays.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert "'=1+1,'+12025550106" in text
    assert "Foreign" not in text
    assert stage.sign_in(LOOKER).get("/stays.csv").status_code == 403
    again = send(owner, answer.get_data())
    shown = words_of(owner.page(again.location))
    assert "R1" not in shown or "as it is" in shown
    assert owner.get("/stays/import/template.csv").status_code == 200


def test_the_list_costs_as_much_for_twelve_homes_as_for_three(stage: Stage, owner: Browser) -> None:
    paths = ("/stays", "/stays/calendar")
    stage.more_homes(2)
    before = [statements(stage, owner, path) for path in paths]
    stage.more_homes(9)
    assert [statements(stage, owner, path) for path in paths] == before
