"""Mails with a link, sent aside so that the answer tells nothing of who exists."""

from __future__ import annotations

import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import structlog
from sqlalchemy import select

from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.errors import CallAssistError
from callassist.models import Person
from callassist.ports.messages import Message, MessageChannel
from callassist.storage.sessions import Sessions
from callassist.web import languages
from callassist.web.translate import gettext

_NOBODYS = ".invalid"  # the first administrator's address before there is a real one
_log = structlog.get_logger()


class LinkMail:
    """Mails links to people who forgot their password, or who are invited."""

    def __init__(self, sessions: Sessions, channel: MessageChannel, public_url: str) -> None:
        self._sessions = sessions
        self._channel = channel
        self._public_url = public_url.rstrip("/")
        self._sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="link-mail")

    def send(self, email: str, texts: LinkTexts) -> Future[None]:
        """Look the address up and mail it a link, in a thread; unknown ones get nothing."""
        return self._sender.submit(self._deliver, email.strip().lower(), texts)

    def post(self, email: str, message: Message) -> Future[None]:
        """Mail a message that is ready, in a thread; its `url` is a path of ours."""
        url = f"{self._public_url}{message.url}"
        ready = Message(
            key=message.key,
            title=message.title,
            text=message.text,
            url=url,
            language=message.language,
        )
        return self._sender.submit(self._hand_over, email, ready)

    def _deliver(self, email: str, texts: LinkTexts) -> None:
        try:
            with self._sessions.write() as session:
                query = select(Person).where(Person.email == email, Person.active.is_(True))
                person = session.scalars(query).first()
                if person is None:
                    return
                token = make_sign_in_link(session, person, datetime.now(UTC))
                language = person.language
        except CallAssistError as error:
            _log.error("sign-in mail not sent", action="link_mail_failed", reason=str(error))
            return
        self._hand_over(email, texts.message(language, self._link(token)))

    def _hand_over(self, email: str, message: Message) -> None:
        if email.endswith(_NOBODYS):
            return
        try:
            self._channel.send(email, message)
        except CallAssistError as error:
            _log.error("sign-in mail not sent", action="link_mail_failed", reason=str(error))

    def _link(self, token: str) -> str:
        return f"{self._public_url}/sign-in/link/{token}"


class LinkTexts:
    """The mail in every language, worded while there is a request to word it in."""

    def __init__(self, known: list[str]) -> None:
        self._fallback = known[0]
        self._texts = {}
        for language in known:
            with languages.worded_in(language):
                self._texts[language] = (gettext("Sign in to Call Assist"), _text())

    def message(self, language: str | None, url: str) -> Message:
        """The finished mail; an unknown language gets the first one."""
        known = language if language in self._texts else self._fallback
        assert known is not None
        title, text = self._texts[known]
        key = f"sign_in_link:{secrets.token_hex(8)}"
        return Message(key=key, title=title, text=text, url=url, language=known)


def _text() -> str:
    return gettext(
        "This link signs you in once, within 30 minutes. You can then choose a new password. "
        "If you did not ask for it, leave it: nobody gets in without this mail."
    )
