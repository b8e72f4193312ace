"""E-mail: text and HTML, over SMTP, or into files while developing."""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from callassist.errors import InvalidInput, PermanentError, SettingsError, TransientError
from callassist.notifications.mail_policy import PLAIN, UTF8
from callassist.notifications.mail_url import MailServer, Security, read_mail_url
from callassist.ports.messages import Message

TIMEOUT_SECONDS = 10.0
_NO_ADDRESS = (ValueError, IndexError, MessageError)  # all that Address raises


class Carrier(Protocol):
    """Takes a finished mail to where it goes."""

    def carry(self, mail: EmailMessage, to: str) -> None:
        """Raises TransientError or PermanentError; neither names the recipient."""
        ...


class Email:
    """Composes mails from `sender` ("Call Assist <calls@example.com>") and hands them over."""

    def __init__(self, carrier: Carrier, sender: str) -> None:
        self._carrier = carrier
        self._sender = _sender(sender)

    def send(self, address: str, message: Message) -> None:
        """Send one mail to one address."""
        self._carrier.carry(self._compose(address, message), address)

    def _compose(self, address: str, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=PLAIN if address.isascii() else UTF8)
        mail["From"] = self._sender
        try:
            mail["To"] = Address(addr_spec=address)
        except _NO_ADDRESS:
            raise PermanentError("this is not an e-mail address; correct it") from None
        mail["Subject"] = message.title
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{mail_id(message.key, address)}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # no holiday replies, please (RFC 3834)
        if message.urgent:
            mail["Importance"] = "high"
        if message.stop_url is not None:
            mail["List-Unsubscribe"] = f"<{message.stop_url}>"
            if message.stop_url.startswith("https://"):  # mail programs press no other
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(_text(message))
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        mail["Content-Language"] = message.language  # last: contents move such headers inwards
        return mail


class SmtpCarrier:
    """Hands mails to an SMTP server, one connection each."""

    def __init__(
        self,
        server: MailServer,
        *,
        tls: ssl.SSLContext | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._server = server
        self._timeout = timeout_seconds
        self._tls = tls or ssl.create_default_context()

    def carry(self, mail: EmailMessage, to: str) -> None:
        """4xx, broken lines and our own sign-in are transient; 5xx about this mail is for good."""
        try:
            connection = self._connect()
        except smtplib.SMTPAuthenticationError:
            raise TransientError("the mail server refuses our sign-in; see MAIL_URL") from None
        except (smtplib.SMTPException, OSError) as error:
            raise TransientError(f"no connection to the mail server ({_name(error)})") from None
        try:
            connection.send_message(mail, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _refusal(code, "the mail server refuses this recipient") from None
        except smtplib.SMTPSenderRefused as error:
            # our own address: somebody corrects it, and what waited goes out
            reason = f"the mail server refuses our sender address ({error.smtp_code})"
            raise TransientError(reason) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, "the mail server refuses this mail") from None
        except smtplib.SMTPNotSupportedError:
            raise PermanentError("the mail server cannot take this address") from None
        except (smtplib.SMTPException, OSError) as error:
            raise TransientError(f"the mail server went away ({_name(error)})") from None
        finally:
            # accepted is accepted: a bad goodbye must not send it twice
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=self._tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            self._secure(connection)
            if server.user is not None and server.password is not None:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _secure(self, connection: smtplib.SMTP) -> None:
        wanted = self._server.security
        connection.ehlo()
        offered = connection.has_extn("starttls")
        if wanted is Security.STARTTLS or (wanted is Security.IF_OFFERED and offered):
            connection.starttls(context=self._tls)
            connection.ehlo()


class FileCarrier:
    """Writes mails into `directory`, one file per message and recipient: nobody gets anything."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def carry(self, mail: EmailMessage, to: str) -> None:
        """A repeated message replaces its file."""
        name = mail["Message-ID"].strip("<>").partition("@")[0]
        path = self._directory / f"{name}.eml"
        draft = path.with_suffix(".part")
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(mail.as_bytes())
            draft.replace(path)
        except OSError as error:
            raise TransientError(f"the mail file was not written ({error.strerror})") from None


def email_channel(mail_url: str, sender: str, mail_dir: Path) -> Email:
    """The adapter for MAIL_URL: an SMTP server, or files in `mail_dir` for `file`."""
    server = read_mail_url(mail_url)
    return Email(FileCarrier(mail_dir) if server is None else SmtpCarrier(server), sender)


def check_email(address: str) -> str:
    """The address, stripped; InvalidInput when it cannot be one."""
    stripped = address.strip()
    try:
        parsed = Address(addr_spec=stripped)
    except _NO_ADDRESS:
        parsed = Address()
    if not parsed.username or "." not in parsed.domain or not stripped.isprintable():
        raise InvalidInput("is not an e-mail address, like you@example.com", "address")
    return stripped


def mail_id(key: str, address: str) -> str:
    """The same for the same message to the same recipient, and telling nothing of either."""
    return sha256(f"{key}\n{address}".encode()).hexdigest()[:40]


def _text(message: Message) -> str:
    return f"{message.text}\n\n{message.url}\n" if message.url else f"{message.text}\n"


def _refusal(code: int, reason: str) -> PermanentError | TransientError:
    if 500 <= code < 600:
        return PermanentError(f"{reason} ({code})")
    return TransientError(f"{reason} for now ({code})")


def _name(error: Exception) -> str:
    return type(error).__name__


def _sender(text: str) -> Address:
    name, spec = parseaddr(text)
    try:
        sender = Address(display_name=name, addr_spec=spec)
    except _NO_ADDRESS:
        sender = Address()
    if not sender.username or not sender.domain:
        raise SettingsError("CALLASSIST_MAIL_FROM: write it as Call Assist <calls@example.com>")
    return sender
