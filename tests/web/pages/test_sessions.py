"""Where somebody is signed in, and signing out from afar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from callassist.models import SignInSession
from callassist.storage.facts import put_fact
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OWNER, Stage
from tests.web.pages.test_signing_in import GOOD, with_password


def test_another_browser_is_signed_out_from_this_one(stage: Stage) -> None:
    here, there = stage.sign_in(OWNER), stage.sign_in(OWNER)
    page = here.page("/account/ways-in")
    [other] = set(re.findall(r"/account/sessions/(\w+)/end", page))
    assert here.post(f"/account/sessions/{other}/end").status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_signing_out_everywhere_leaves_this_browser(stage: Stage) -> None:
    here, others = stage.sign_in(OWNER), [stage.sign_in(OWNER) for _ in range(3)]
    look = stage.sign_in(LOOKER)
    here.post("/account/sessions/end-others")
    assert "Signed out in 3 browsers." in words_of(here.page("/account/ways-in"))
    assert [one.get("/").status_code for one in others] == [302] * 3
    assert look.get("/").status_code == 200
    assert here.get("/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(stage: Stage) -> None:
    stage.sign_in(OWNER)
    with stage.world.service.sessions.read() as session:
        query = select(SignInSession.public_id).where(
            SignInSession.person_id == stage.person(OWNER).id
        )
        mine = session.scalars(query).first()
    look = stage.sign_in(LOOKER)
    assert look.post(f"/account/sessions/{mine}/end").status_code == 404


def test_a_cookie_that_was_copied_dies_with_the_sign_out(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    cookie = browser._client.get_cookie("callassist")
    assert cookie is not None
    browser.post("/sign-out")
    thief = Browser(stage.world.app)
    thief._client.set_cookie("callassist", cookie.value)
    assert thief.get("/").status_code == 302


def test_a_session_that_was_not_used_for_14_days_is_over(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    with stage.world.service.sessions.write() as session:
        long_ago = datetime.now(UTC) - timedelta(days=15)
        session.execute(update(SignInSession).values(seen_at=long_ago))
    assert browser.get("/").status_code == 302


def test_being_there_is_noted_every_few_minutes(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    earlier = datetime.now(UTC) - timedelta(minutes=10)
    with stage.world.service.sessions.write() as session:
        session.execute(update(SignInSession).values(seen_at=earlier))
    browser.page("/")
    with stage.world.service.sessions.read() as session:
        seen = session.scalars(select(SignInSession.seen_at)).one()
    assert datetime.now(UTC) - seen < timedelta(minutes=1)


def test_a_new_password_signs_out_everywhere_else(stage: Stage) -> None:
    with_password(stage)
    there = Browser(stage.world.app)
    there.post("/sign-in", email=OWNER, password=GOOD)
    here = stage.sign_in(OWNER)
    here.post("/password", new="another good sentence", again="another good sentence")
    assert there.get("/").status_code == 302
    assert "by a link" in words_of(here.page("/account/ways-in"))


def test_roles_are_one_click_away_in_the_demo_only(stage: Stage) -> None:
    visitor = Browser(stage.world.app)
    assert 'name="role"' not in visitor.page("/sign-in")
    assert visitor.post("/sign-in/demo", role="host").status_code == 404
    with stage.world.service.sessions.write() as session:
        roles = {"host": OWNER, "visitor": "demo@callassist.invalid"}
        put_fact(session, "demo", {"roles": roles}, now=stage.world.clock.now())
    # an address that somebody could really have is never offered, whatever the database says
    assert visitor.post("/sign-in/demo", role="host").status_code == 404
    assert "visitor" in visitor.page("/sign-in")


def test_what_i_prefer_is_kept_and_shown_in_every_browser(stage: Stage) -> None:
    here = stage.sign_in(OWNER)
    typed = {"name": "Maria M", "language": "fr", "theme": "dark", "hour_cycle": "h12"}
    answer = here.post("/account", **typed, timezone="America/New_York")
    assert answer.status_code == 302, answer.text
    there = stage.sign_in(OWNER)
    assert '<html lang="fr" data-theme="dark"' in there.page("/account")
    assert "Maria M" in there.page("/account")
    wrong = here.post("/account", **{**typed, "name": ""}, timezone="Nowhere/Else")
    assert wrong.status_code == 422
