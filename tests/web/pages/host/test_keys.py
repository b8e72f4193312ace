"""The portal's keys: listed for hosts, and switched off for good by who does not want them."""

from __future__ import annotations

import re

from tests.web.pages.browser import words_of
from tests.web.pages.stage import ANN, CHIEF, OWNER, Stage

SCRIPT = re.compile(r"js/go_keys\b")


def test_hosts_find_the_list_of_keys_on_every_page_of_the_portal(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for path in ("/", "/homes", "/incidents", "/account", "/account/notifications"):
        page = owner.page(path)
        assert SCRIPT.search(page), path
        assert re.findall(r'data-keys="([^"]+)"', page) == ["g h", "g i", "g p", "?"], path
        assert 'href="/incidents">Incidents</a>' in page


def test_the_desk_and_people_who_are_no_hosts_have_none_of_these_keys(stage: Stage) -> None:
    for email, path in ((ANN, "/desk"), (ANN, "/account"), (CHIEF, "/admin")):
        page = stage.sign_in(email).page(path)
        assert not SCRIPT.search(page), path
        assert "portal-keys" not in page, path


def test_keys_that_are_switched_off_stay_off_in_every_browser(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    owner.page("/homes")
    assert owner.post("/keys", back="/homes?q=x").location == "/homes?q=x"
    for browser in (owner, stage.sign_in(OWNER)):
        page = browser.page("/homes")
        assert not SCRIPT.search(page)
        assert "Switch keys on" in words_of(page)
    owner.post("/keys", back="//elsewhere.example", shortcuts="yes")
    assert SCRIPT.search(owner.page("/homes"))


def test_nobody_switches_keys_without_having_signed_in(stage: Stage) -> None:
    visitor = stage.sign_in(OWNER)
    visitor.post("/sign-out")
    assert visitor.post("/keys", shortcuts="yes").status_code == 404
    assert stage.person(OWNER).shortcuts is True
