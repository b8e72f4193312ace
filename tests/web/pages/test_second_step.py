"""The second step: switching it on, being asked for it, codes that work once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from passlib.totp import TOTP
from sqlalchemy import select, update

from callassist.models import Person, RecoveryCode, SecondFactor
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OWNER, Stage

GOOD = "seagulls over the harbour"


def secret_of(page: str) -> str:
    found = re.search(r'class="copy-value" value="([A-Z2-7]+)"', page)
    assert found is not None
    return found.group(1)


def code(secret: str, later: int = 0) -> str:
    """What the app shows so many seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=later)
    return str(TOTP(key=secret, format="base32").generate(time=at).token)


def switched_on(stage: Stage, email: str = OWNER) -> tuple[str, list[str]]:
    """Somebody with a password switches the second step on; the secret and recovery codes."""
    browser = stage.sign_in(email)
    browser.post("/password", new=GOOD, again=GOOD)
    secret = secret_of(browser.page("/account/second-step"))
    answer = browser.post("/account/second-step", code=code(secret, -30))
    assert answer.status_code == 200, answer.text
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", answer.text)
    assert len(codes) == 10
    return secret, codes


def with_password(stage: Stage, there: str = "/") -> Browser:
    """A browser in which the owner has typed the password."""
    browser = Browser(stage.world.app)
    answer = browser.post(f"/sign-in?next={there}", email=OWNER, password=GOOD)
    assert answer.location == "/sign-in/code"
    return browser


def test_after_the_password_a_code_is_asked_for(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    browser = with_password(stage, "/incidents")
    assert browser.get("/").location.startswith("/sign-in")  # not in yet
    wrong = browser.post("/sign-in/code", code="000000")
    assert wrong.status_code == 401
    assert "This code is not right" in words_of(wrong.text)
    answer = browser.post("/sign-in/code", code=code(secret))
    assert answer.location == "/incidents"
    assert browser.get("/").status_code == 200


def test_a_code_that_somebody_saw_does_not_work_again(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    seen = code(secret)
    assert with_password(stage).post("/sign-in/code", code=seen).status_code == 302
    assert with_password(stage).post("/sign-in/code", code=seen).status_code == 401
    older = code(secret, -30)  # within the window, but before the one that was used
    assert with_password(stage).post("/sign-in/code", code=older).status_code == 401


def test_a_link_by_mail_is_not_enough_either(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    browser = Browser(stage.world.app)
    assert browser.post(f"/sign-in/link/{stage.link(OWNER)}").location == "/sign-in/code"
    assert browser.get("/").status_code == 302
    assert browser.post("/sign-in/code", code=code(secret)).location == "/password"
    new = "another good sentence"
    assert browser.post("/password", new=new, again=new).status_code == 302


def test_a_recovery_code_works_once(stage: Stage) -> None:
    _, codes = switched_on(stage)
    typed = codes[0].upper().replace("-", " ")
    assert with_password(stage).post("/sign-in/code", code=typed).status_code == 302
    assert with_password(stage).post("/sign-in/code", code=codes[0]).status_code == 401
    browser = with_password(stage)
    browser.post("/sign-in/code", code=codes[1])
    assert "8 recovery codes are left" in words_of(browser.page("/account/ways-in"))


def test_nothing_that_lets_anybody_in_is_kept_in_the_clear(stage: Stage) -> None:
    secret, codes = switched_on(stage)
    with stage.world.service.sessions.read() as session:
        row = session.scalars(select(SecondFactor)).one()
        hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    assert secret.encode() not in row.secret
    assert stage.vault.open(row.secret) == secret
    assert not hashes & set(codes)


def test_a_secret_that_was_never_confirmed_asks_nobody_for_anything(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    browser.post("/password", new=GOOD, again=GOOD)
    first = secret_of(browser.page("/account/second-step"))
    assert secret_of(browser.page("/account/second-step")) == first  # the app has it already
    assert browser.post("/account/second-step", code="123456").status_code == 422
    answer = Browser(stage.world.app).post("/sign-in", email=OWNER, password=GOOD)
    assert answer.location == "/"


def test_switching_it_off_needs_a_code(stage: Stage) -> None:
    secret, codes = switched_on(stage)
    browser = with_password(stage)
    browser.post("/sign-in/code", code=code(secret))
    assert browser.post("/account/second-step/off", code="000000").status_code == 422
    assert browser.post("/account/second-step/off", code=codes[2]).status_code == 302
    answer = Browser(stage.world.app).post("/sign-in", email=OWNER, password=GOOD)
    assert answer.location == "/"
    changes = words_of(browser.page("/team/changes"))
    assert "switched their second step off" in changes


def test_new_recovery_codes_replace_the_old_ones(stage: Stage) -> None:
    secret, codes = switched_on(stage)
    browser = with_password(stage)
    browser.post("/sign-in/code", code=code(secret))
    assert browser.post("/account/recovery-codes", code="nonsense").status_code == 302
    fresh = browser.post("/account/recovery-codes", code=codes[0])
    assert len(re.findall(r"<code>([a-z2-9-]{19})</code>", fresh.text)) == 10
    assert with_password(stage).post("/sign-in/code", code=codes[1]).status_code == 401


def test_the_question_for_a_code_is_bound_to_the_browser_and_to_time(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    stranger = Browser(stage.world.app)
    answer = stranger.post("/sign-in/code", code=code(secret))
    assert answer.location == "/sign-in"
    assert stranger.get("/sign-in/code").location == "/sign-in"


def test_a_person_who_was_closed_meanwhile_stays_out(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    browser = with_password(stage)
    with stage.world.service.sessions.write() as session:
        session.execute(update(Person).where(Person.email == OWNER).values(active=False))
    assert browser.post("/sign-in/code", code=code(secret)).status_code == 401
    assert browser.get("/").status_code == 302


def test_guessing_codes_is_slowed_down_and_says_until_when(stage: Stage) -> None:
    switched_on(stage)
    browser = with_password(stage)
    answers = [browser.post("/sign-in/code", code=f"{n:06}") for n in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert re.search(r"You can try again in (9|10|11) minutes\.", words_of(answers[-1].text))
    assert with_password(stage).post("/sign-in/code", code="1").status_code == 429


def test_a_second_step_of_mine_is_nobody_elses(stage: Stage) -> None:
    secret, _ = switched_on(stage)
    other = stage.sign_in(LOOKER)
    assert secret_of(other.page("/account/second-step")) != secret
