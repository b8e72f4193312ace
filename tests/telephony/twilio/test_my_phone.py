"""How an operator calls: chosen on the page of the start of a shift, held to at each call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.telephony.twilio.conftest import Begin
from tests.web.pages.browser import Browser

OTHER_PHONE = "+1 202 555 0123"


def start_page(ann: Browser) -> str:
    return ann.get("/desk/start").text


def test_a_number_is_kept_and_shown_masked(begin: Begin) -> None:
    night = begin()
    night.ann.post("/desk/phone", phone=OTHER_PHONE, mode="own_phone")
    page = start_page(night.ann)
    assert "2025550123" not in page.replace(" ", "")
    assert "23 rings first" in page


@pytest.mark.parametrize("typed", ["12", "+44 banana", "+33 1", "112"])
def test_a_number_that_cannot_ring_is_refused_and_the_old_one_stays(
    begin: Begin, typed: str
) -> None:
    night = begin()
    before = start_page(night.ann)
    answer = night.ann.post("/desk/phone", phone=typed)
    told = night.ann.get(answer.location.partition("#")[0]).text
    assert 'class="flash' in told or "refused" in told
    assert "77 rings first" in before
    assert "77 rings first" in start_page(night.ann)


def test_whoever_forgets_the_number_calls_from_the_browser(begin: Begin) -> None:
    night = begin("own_phone")
    night.ann.post("/desk/phone", forget="yes", phone="")
    assert "You call from this browser" in start_page(night.ann)


def test_whoever_wrote_a_number_before_browsers_were_set_up_stays_with_that_phone(
    begin: Begin,
) -> None:
    night = begin("softphone")
    night.ann.post("/desk/phone", forget="yes", phone="")
    network = night.world.service.telephony
    with_browsers = network._settings  # type: ignore[attr-defined]
    network._settings = replace(with_browsers, api_key_sid="")  # type: ignore[attr-defined]
    night.ann.post("/desk/phone", phone=OTHER_PHONE)
    assert "23 rings first" in start_page(night.ann)
    network._settings = with_browsers  # type: ignore[attr-defined]
    assert "23 rings first" in start_page(night.ann)


def test_a_way_that_does_not_exist_is_refused(begin: Begin) -> None:
    night = begin("softphone")
    night.ann.post("/desk/phone", mode="pigeon")
    assert "You call from this browser" in start_page(night.ann)


def test_the_way_can_be_changed_in_mid_shift(begin: Begin) -> None:
    night = begin("softphone")
    night.ann.post("/desk/phone", mode="own_phone")
    night.accept()
    night.press_call()
    assert night.attempt().mode == "own_phone"
    page = night.ann.get(f"/desk/tasks/{night.stage.task().public_id}").text
    assert "Your phone rings. Pick up and press 1." in page


def test_a_browsers_grant_opens_a_line_for_its_operator_alone(begin: Begin) -> None:
    night = begin("softphone")
    night.accept()
    night.press_call()
    answer = night.ann.post("/desk/softphone")
    assert answer.headers["Cache-Control"] == "no-store"
    leg = night.server.browser_call(
        (answer.json or {})["token"], {"attempt": night.attempt().public_id}
    )
    assert leg.call.from_ == f"client:{night.identity}"
    assert night.attempt().handed_out_at is not None


def test_only_pages_with_a_line_may_speak_with_the_network(begin: Begin) -> None:
    night = begin("softphone")
    night.accept()
    with_line = night.ann.get("/desk/start").headers
    assert "wss://voice-js.roaming.twilio.com" in with_line["Content-Security-Policy"]
    assert "microphone=(self)" in with_line["Permissions-Policy"]
    without = night.ann.get("/account").headers
    assert "twilio" not in without["Content-Security-Policy"]
    assert "microphone=()" in without["Permissions-Policy"]
