"""Ending reports by e-mail with a signed link; the headers by which mail programs do it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from callassist.domain.message_kind import MessageKind
from callassist.errors import NotFound
from callassist.models import NotificationChannel
from callassist.notifications.email import Email
from callassist.notifications.stop_links import by_link, is_stopped, stop_by_link, stop_url
from callassist.ports.messages import Message
from callassist.storage.vault import Vault
from tests.accounts.scenes import NOW, VAULT, firm

PUBLIC = "https://calls.example.com"
REPORT = MessageKind.REPORT_READY


class Taken:
    """Keeps the mail instead of carrying it."""

    def carry(self, mail: EmailMessage, to: str) -> None:
        self.raw = mail.as_bytes()


def sent(stop: str | None) -> EmailMessage:
    """A mail as a mail program reads it."""
    taken = Taken()
    message = Message(key="k", title="Figures", text="Quiet.", stop_url=stop)
    Email(taken, "Call Assist <calls@example.com>").send("maria@example.com", message)
    read = message_from_bytes(taken.raw, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def channel(session, place, person_id=None, kind="email") -> NotificationChannel:
    made = NotificationChannel(
        account_id=place.account.id,
        person_id=person_id,
        kind=kind,
        address=VAULT.seal("board@example.com"),
        address_mask="b•••@example.com",
        language="fr",
        muted_kinds=[],
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def token_of(url: str) -> str:
    return url.removeprefix(f"{PUBLIC}/messages/stop/")


def test_a_long_address_stands_in_the_header_in_one_piece():
    url = f"{PUBLIC}/figures/stop/{'x' * 90}"
    mail = sent(url)
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_programs_press_nothing_that_is_not_encrypted():
    mail = sent("http://127.0.0.1:8000/figures/stop/abc")
    assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/figures/stop/abc>"
    assert mail["List-Unsubscribe-Post"] is None
    assert sent(None)["List-Unsubscribe"] is None


def test_only_reports_to_an_address_without_an_account_can_be_ended_so(sessions):
    with sessions.write() as session:
        place = firm(session)
        outside, own = channel(session, place), channel(session, place, place.owner.person_id)
        assert stop_url(VAULT, outside, REPORT, PUBLIC) is not None
        assert stop_url(VAULT, own, REPORT, PUBLIC) is None
        assert stop_url(VAULT, outside, MessageKind.NEEDS_YOU, PUBLIC) is None
        assert stop_url(VAULT, channel(session, place, kind="apprise"), REPORT, PUBLIC) is None


def test_the_link_ends_this_kind_alone_and_twice_is_once(sessions):
    with sessions.write() as session:
        one = channel(session, firm(session))
        url = stop_url(VAULT, one, REPORT, f"{PUBLIC}/")
        assert url is not None
        for _ in range(2):
            stop_by_link(session, VAULT, token_of(url))
        assert one.muted_kinds == ["report_ready"]
        assert is_stopped(one, REPORT)
        assert not is_stopped(one, MessageKind.MORNING_NOTE)


def test_a_changed_or_guessed_link_opens_nothing(sessions):
    with sessions.write() as session:
        place = firm(session)
        one, other = channel(session, place), channel(session, place)
        url = stop_url(VAULT, one, REPORT, PUBLIC)
        assert url is not None
        right = token_of(url)
        for wrong in (
            right.replace(one.public_id, other.public_id),
            right.replace("report_ready", "morning_note"),
            right.replace("report_ready", "needs_you"),
            f"{one.public_id}.report_ready.",
            right[:-1] + "é",
            "",
        ):
            with pytest.raises(NotFound):
                by_link(session, VAULT, wrong)


def test_links_of_a_key_that_was_rotated_still_work(sessions):
    older, newer = Vault.generate_key(), Vault.generate_key()
    with sessions.write() as session:
        one = channel(session, firm(session))
        url = stop_url(Vault.from_text(older), one, REPORT, PUBLIC)
        assert url is not None
        found, kind = by_link(session, Vault.from_text(f"{newer},{older}"), token_of(url))
        assert (found.id, kind) == (one.id, REPORT)
