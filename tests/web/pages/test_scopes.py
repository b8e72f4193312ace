"""Who may open what: other people's pages do not exist."""

from __future__ import annotations

import pytest

from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, BOTH, CHIEF, LOOKER, OTHER, OWNER, Stage

EVERYBODY = (OWNER, OTHER, LOOKER, ANN, BOTH, CHIEF)
# who gets 200; the others get 404 for what is not theirs, 403 for what they may only look at
GETS = {
    "/": {OWNER, OTHER, LOOKER, BOTH},
    "/homes/{home}": {OWNER, LOOKER, BOTH},
    "/homes/{other_home}": {OTHER},
    "/homes/{home}/edit": {OWNER, BOTH},
    "/homes/{home}/call": {OWNER, BOTH},
    "/homes/{home}/pause": {OWNER, BOTH},
    "/homes/{home}/stays/new": {OWNER, BOTH},
    "/homes/{home}/stays/{stay}": {OWNER, BOTH},
    "/homes/{home}/contacts/new": {OWNER, BOTH},
    "/homes/new": {OWNER, OTHER, BOTH},
    "/connections/new": {OWNER, OTHER, BOTH},
    "/incidents": {OWNER, OTHER, LOOKER, BOTH},
    "/incidents/{incident}": {OWNER, LOOKER, BOTH},
    "/reports/{report}": {OWNER, LOOKER, BOTH},
    "/reports/{report}.json": {OWNER, LOOKER, BOTH},
    "/team": {OWNER, OTHER, LOOKER, BOTH},
    "/team?account={account}": {OWNER, LOOKER, BOTH},
    "/team/changes?account={account}": {OWNER, LOOKER, BOTH},
    "/programs?account={account}": {OWNER, LOOKER, BOTH},
    "/account/notifications?place=account-{account}": {OWNER, LOOKER, BOTH},
    "/account/notifications?place=desk-{desk}": {ANN, BOTH},
    "/account/notifications": set(EVERYBODY),
    "/account/ways-in": set(EVERYBODY),
    "/account/second-step": set(EVERYBODY),
    "/account": set(EVERYBODY),
    "/status": set(EVERYBODY),
    "/desk": {ANN, BOTH},
    "/admin": {CHIEF},
    "/admin/tokens": {CHIEF},
    "/admin/desks/{desk}": {CHIEF},
    "/password": set(EVERYBODY),
}
POSTS = {
    "/homes/{home}/call": {OWNER, BOTH},
    "/homes/{home}/resume": {OWNER, BOTH},
    "/homes/{home}/stays/{stay}/cancel": {OWNER, BOTH},
    "/incidents/{incident}/cancel": {OWNER, BOTH},
    "/incidents/{incident}/take-over": {OWNER, BOTH},
    "/account/channels/{channel}/remove": {OWNER, BOTH},
    "/account/channels/{channel}/test": {OWNER, BOTH},
    "/team/invite": {OWNER, OTHER, BOTH},
    "/desk/presence": {ANN, BOTH},
    "/admin/accounts": {CHIEF},
}


@pytest.fixture
def night(stage: Stage) -> dict[str, str]:
    """Ids of the first firm after a call."""
    owner = stage.sign_in(OWNER)
    incident = stage.call_about_home(owner)
    owner.post(f"/incidents/{incident}/cancel")
    stage.world.run()
    page = owner.page(f"/incidents/{incident}")
    return {
        "home": stage.home_id,
        "other_home": stage.other_home_id,
        "stay": stage.stay_id(),
        "incident": incident,
        "desk": stage.desk_id,
        "account": stage.account_id,
        "channel": stage.channel_id,
        "report": page.partition('"/reports/')[2].partition('"')[0],
    }


def test_pages_open_for_their_people_only(stage: Stage, night: dict[str, str]) -> None:
    for email in EVERYBODY:
        browser = stage.sign_in(email)
        for path, people in GETS.items():
            status = browser.get(path.format(**night)).status_code
            if email in people:
                assert status == 200, f"{email} {path}: {status}"
            else:
                looks = email == LOOKER and status == 403
                lands = path == "/" and status == 302
                assert status == 404 or looks or lands, f"{email} {path}: {status}"


def test_buttons_work_for_their_people_only(stage: Stage, night: dict[str, str]) -> None:
    for email in EVERYBODY:
        browser = stage.sign_in(email)
        for path, people in POSTS.items():
            if email in people:
                continue
            status = browser.post(path.format(**night), complaint="x").status_code
            allowed = (403, 404, 422) if email == LOOKER else (404,)
            assert status in allowed, f"{email} {path}: {status}"
    assert stage.incident().resolution == "cancelled"


def test_visitors_are_asked_who_they_are_and_learn_nothing(
    stage: Stage, night: dict[str, str]
) -> None:
    visitor = Browser(stage.world.app)
    for path in (*GETS, "/homes/nothing", "/reports/nothing"):
        answer = visitor.get(path.format(**night))
        assert answer.status_code == 302, path
        assert answer.location.startswith("/sign-in")


def test_somebody_else_cannot_change_a_stay_through_their_own_home(
    stage: Stage, night: dict[str, str]
) -> None:
    other = stage.sign_in(OTHER)
    there = f"/homes/{stage.other_home_id}/stays/{night['stay']}"
    assert other.get(there).status_code == 404
    assert other.post(f"{there}/cancel").status_code == 404
    assert other.post(there, check_in_at="2026-06-13T10:00").status_code == 404
