"""The way out of mails: a page that asks, and one press in a mail program (RFC 8058)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.message_kind import MessageKind
from callassist.models import Digest, NotificationChannel
from callassist.notifications.stop_links import stop_url
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import OWNER, Stage

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def digest_path(stage: Stage, language: str = "fr") -> str:
    """The link in the figures that somebody without an account gets."""
    owner = stage.sign_in(OWNER)
    sent = {"address": "olga@example.org", "frequency": "weekly", "language": language}
    assert owner.post("/reports/by-mail", account=stage.account_id, **sent).status_code == 302
    with stage.world.service.sessions.read() as session:
        digest = session.scalars(select(Digest)).one()
        return f"/figures/stop/{stage.vault.open(digest.stop_token)}"


def stopped(stage: Stage) -> bool:
    with stage.world.service.sessions.read() as session:
        return session.scalars(select(Digest.stopped_at)).one() is not None


def reports_path(stage: Stage, language: str = "fr") -> str:
    """The link in the reports that an address of the account gets, which is nobody's here."""
    with stage.world.service.sessions.write() as session:
        channel = NotificationChannel(
            account_id=stage.account.id,
            kind="email",
            address=stage.vault.seal("board@example.org"),
            address_mask="b•••@example.org",
            language=language,
            muted_kinds=[],
            created_at=stage.world.clock.now(),
        )
        session.add(channel)
        session.flush()
        url = stop_url(stage.vault, channel, MessageKind.REPORT_READY, "https://x.example")
    assert url is not None
    return url.removeprefix("https://x.example")


def muted(stage: Stage) -> list[str]:
    with stage.world.service.sessions.read() as session:
        own = NotificationChannel.address_mask == "b•••@example.org"
        return list(session.scalars(select(NotificationChannel.muted_kinds).where(own)).one())


def test_looking_at_the_link_changes_nothing(stage: Stage) -> None:
    path = digest_path(stage)
    browser = Browser(stage.world.app)
    for _ in range(3):
        browser.page(path)
    assert stage.world.app.test_client().head(path).status_code == 200
    assert not stopped(stage)


def test_the_page_speaks_the_language_of_the_mail(stage: Stage) -> None:
    path = digest_path(stage)
    page = Browser(stage.world.app, "en").page(path)
    assert '<html lang="fr"' in page
    assert "ne doit plus recevoir ces messages" in words_of(page)
    browser = Browser(stage.world.app, "fr")
    browser.get("/sign-in")
    browser.post("/language", language="en")
    assert '<html lang="en"' in browser.page(path)  # who chose another keeps it


@pytest.mark.parametrize("made", [digest_path, reports_path])
def test_one_press_in_a_mail_program_ends_it_without_cookies_or_a_page(stage: Stage, made) -> None:
    path = made(stage)
    answer = stage.world.app.test_client().post(path, data=ONE_CLICK)
    assert answer.status_code == 200  # a redirect is not allowed here
    assert "example.org" in answer.text
    again = stage.world.app.test_client().post(path, data=ONE_CLICK)
    assert again.status_code == 200
    assert stopped(stage) if made is digest_path else muted(stage) == ["report_ready"]


@pytest.mark.parametrize("made", [digest_path, reports_path])
def test_the_button_on_the_page_ends_it_too(stage: Stage, made) -> None:
    path = made(stage, "en")
    browser = Browser(stage.world.app)
    assert "get no more of these mails?" in words_of(browser.page(path))
    assert browser.post(path).location == path
    assert "gets no more of these mails." in words_of(browser.page(path))


@pytest.mark.parametrize("made", [digest_path, reports_path])
def test_a_changed_link_is_nobodys(stage: Stage, made) -> None:
    path = made(stage)
    wrong = f"{path[:-1]}{'0' if path[-1] != '0' else '1'}"
    client = stage.world.app.test_client()
    assert client.get(wrong).status_code == 404
    assert client.post(wrong, data=ONE_CLICK).status_code == 404
