"""Signing in: by link, by password, and what refuses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from werkzeug.test import TestResponse

from callassist.errors import TransientError
from callassist.models import Person, SignInLink
from callassist.ports.messages import Message
from callassist.web import keys
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, CHIEF, OWNER, Stage

GOOD = "seagulls over the harbour"


def with_password(stage: Stage, email: str = OWNER) -> None:
    answer = stage.sign_in(email).post("/password", new=GOOD, again=GOOD)
    assert answer.status_code == 302


def sign_in(stage: Stage) -> Browser:
    """A browser in which the owner signed in with the password."""
    browser = Browser(stage.world.app)
    assert browser.post("/sign-in", email=OWNER, password=GOOD).status_code == 302
    return browser


def try_to(stage: Stage, email: str, password: str) -> TestResponse:
    """The answer to an address and a password."""
    return Browser(stage.world.app).post("/sign-in", email=email, password=password)


def test_a_visitor_is_led_to_sign_in_and_back_to_the_page(stage: Stage) -> None:
    with_password(stage)
    browser = Browser(stage.world.app)
    assert browser.get("/incidents").location == "/sign-in?next=/incidents"
    answer = browser.post("/sign-in?next=/incidents", email=OWNER.upper(), password=GOOD)
    assert answer.location == "/incidents"


def test_a_sign_in_never_leads_to_another_site(stage: Stage) -> None:
    with_password(stage)
    for there in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"):
        browser = Browser(stage.world.app)
        answer = browser.post("/sign-in", email=OWNER, password=GOOD, next=there)
        assert answer.location == "/"


def test_looking_at_a_link_does_not_use_it_up(stage: Stage) -> None:
    token = stage.link(OWNER)
    Browser(stage.world.app).page(f"/sign-in/link/{token}")  # a preview of a mail program
    browser = Browser(stage.world.app)
    assert browser.post(f"/sign-in/link/{token}").location == "/password"
    assert "Maria" in browser.page("/")


def test_a_link_works_once(stage: Stage) -> None:
    token = stage.link(OWNER)
    Browser(stage.world.app).post(f"/sign-in/link/{token}")
    second = Browser(stage.world.app)
    answer = second.post(f"/sign-in/link/{token}")
    assert answer.status_code == 410
    assert "used already" in answer.text
    assert second.get("/").status_code == 302


def test_a_link_is_refused_after_30_minutes_of_real_time(stage: Stage) -> None:
    token = stage.link(OWNER)
    with stage.world.service.sessions.write() as session:
        session.execute(update(SignInLink).values(expires_at=datetime.now(UTC) - timedelta(1)))
    assert Browser(stage.world.app).post(f"/sign-in/link/{token}").status_code == 410


def test_the_services_clock_has_no_say_in_signing_in(stage: Stage) -> None:
    token = stage.link(OWNER)
    stage.world.clock.advance(days=400)
    assert Browser(stage.world.app).post(f"/sign-in/link/{token}").status_code == 302


def test_a_wrong_password_and_an_unknown_address_look_the_same(stage: Stage) -> None:
    with_password(stage)
    wrong, unknown = (
        try_to(stage, email, "not the password") for email in (OWNER, "x@example.com")
    )
    assert wrong.status_code == unknown.status_code == 401
    assert "Address or password are not right." in wrong.text
    assert "Address or password are not right." in unknown.text
    assert "not the password" not in wrong.text


def test_somebody_without_a_password_cannot_sign_in_with_none(stage: Stage) -> None:
    assert try_to(stage, ANN, "").status_code == 401


def test_a_password_needs_12_characters_and_nothing_else(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    short = browser.post("/password", new="elevenchars", again="elevenchars")
    assert short.status_code == 422
    assert "At least 12 characters." in short.text
    other = browser.post("/password", new="aaaaaaaaaaaa", again="aaaaaaaaaaab")
    assert "The two are not the same." in other.text
    assert browser.post("/password", new="aaaaaaaaaaaa", again="aaaaaaaaaaaa").status_code == 302
    assert try_to(stage, OWNER, "aaaaaaaaaaaa").status_code == 302


def test_changing_a_password_asks_the_old_one_and_ends_other_sessions(stage: Stage) -> None:
    with_password(stage)
    elsewhere, here = sign_in(stage), sign_in(stage)
    new = "another good sentence"
    refused = here.post("/password", old="wrong", new=new, again=new)
    assert "This is not your present password." in refused.text
    assert here.post("/password", old=GOOD, new=new, again=new).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_passwords_are_kept_as_argon2_and_survive_a_rotation_of_the_key(stage: Stage) -> None:
    with_password(stage)
    kept = stage.person(OWNER).password
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


def test_keys_of_the_web_are_not_the_services_key(stage: Stage) -> None:
    secret = stage.world.service.secret_key
    signing, salt = keys.derived(secret, keys.SESSIONS), keys.derived(secret, keys.PASSWORDS)
    assert stage.world.app.config["SECRET_KEY"] == signing[0]
    assert stage.world.app.config["SECURITY_PASSWORD_SALT"] == salt[0]
    assert len({secret, signing[0], salt[0]}) == 3
    both = keys.derived(f"{secret},{stage.vault.generate_key()}", keys.SESSIONS)
    assert both[0] == signing[0]
    assert len(both) == 2


def test_signing_out_forgets_the_session(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    browser.page("/")
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.get("/").status_code == 302


def test_a_closed_person_is_out_at_the_next_request(stage: Stage) -> None:
    browser = stage.sign_in(OWNER)
    browser.page("/")
    with stage.world.service.sessions.write() as session:
        session.execute(update(Person).where(Person.email == OWNER).values(active=False))
    assert browser.get("/").location.startswith("/sign-in")


def test_a_form_without_its_token_changes_nothing(stage: Stage) -> None:
    with_password(stage)
    browser = sign_in(stage)
    for path in (f"/homes/{stage.home_id}/call", "/sign-out", "/language", "/homes/new"):
        answer = browser.post_unprotected(path, language="fr", name="x")
        assert answer.status_code == 400
        assert "Nothing was changed" in answer.text
    assert browser.get("/").status_code == 200
    assert Browser(stage.world.app).post_unprotected("/sign-in", email=OWNER).status_code == 400


def test_guessing_is_slowed_down(stage: Stage) -> None:
    with_password(stage)
    answers = [try_to(stage, OWNER, f"guess {n}").status_code for n in range(12)]
    assert answers[:10] == [401] * 10
    assert answers[10:] == [429] * 2
    assert try_to(stage, OWNER, GOOD).status_code == 429  # also with the right one
    assert try_to(stage, "somebody@example.com", GOOD).status_code == 401


def test_cookies_are_safe(stage: Stage) -> None:
    answer = Browser(stage.world.app).get("/sign-in")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # http://127.0.0.1


class Mailbox:
    """Takes mails, or refuses them."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.is_broken = False

    def send(self, address: str, message: Message) -> None:
        if self.is_broken:
            raise TransientError("no connection to the mail server")
        self.mails.append((address, message))


def ask_for_link(stage: Stage, email: str, language: str = "en") -> tuple[str, Mailbox]:
    box = Mailbox()
    mail = stage.world.app.extensions["callassist_link_mail"]
    mail._channel = box
    answer = Browser(stage.world.app, language).post("/sign-in/forgotten", email=email)
    mail._sender.submit(lambda: None).result()
    assert answer.status_code == 200
    return answer.text.replace(email, "ADDRESS"), box


def test_a_forgotten_password_gets_a_link_by_mail(stage: Stage) -> None:
    _, box = ask_for_link(stage, " Maria@Example.com ")
    ((address, message),) = box.mails
    assert address == OWNER
    assert message.title == "Sign in to Call Assist"
    assert message.url is not None
    path = message.url.removeprefix("http://127.0.0.1:8000")
    browser = Browser(stage.world.app)
    assert browser.post(path).status_code == 302
    assert browser.post("/password", new=GOOD, again=GOOD).status_code == 302
    assert try_to(stage, OWNER, GOOD).status_code == 302


def test_asking_for_a_link_tells_nothing_about_who_exists(stage: Stage) -> None:
    known, _ = ask_for_link(stage, OWNER)
    unknown, box = ask_for_link(stage, "nobody@example.com")
    assert box.mails == []
    assert strip_token(known) == strip_token(unknown)


def test_nobody_is_flooded_with_links(stage: Stage) -> None:
    for _ in range(6):
        ask_for_link(stage, OWNER)
    refused = Browser(stage.world.app).post("/sign-in/forgotten", email=OWNER)
    assert refused.status_code == 429
    assert "Too many tries" in refused.text


def test_the_mail_is_in_the_persons_language(stage: Stage) -> None:
    stage.sign_in(OWNER).post("/language", language="fr")
    _, box = ask_for_link(stage, OWNER)
    assert box.mails[0][1].language == "fr"
    assert "lien" in box.mails[0][1].text


def test_an_administrator_without_any_part_lands_in_the_administration(stage: Stage) -> None:
    assert stage.sign_in(CHIEF).get("/").location == "/admin"
    assert stage.sign_in(ANN).get("/").location == "/desk"


def strip_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)
