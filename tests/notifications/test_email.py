"""E-mail against real SMTP servers: what arrives, and what each refusal means."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from callassist.domain.message_kind import MessageKind
from callassist.errors import InvalidInput, PermanentError, SettingsError, TransientError
from callassist.notifications import check_email
from callassist.notifications.email import Email, FileCarrier, SmtpCarrier, email_channel
from callassist.notifications.mail_url import MailServer, Security, read_mail_url
from callassist.notifications.messages import render
from tests.notifications.servers import Mailbox, mail_server

SENDER = "Call Assist <calls@night.example>"
MESSAGE = render(
    MessageKind.GUEST_REACHED,
    "fr",
    {"home": "Canal 12", "guest": "Zoé"},
    key="inc:guest_reached:",
    url="https://calls.example.com/incidents/abc",
)


def _email(host: str, port: int, **server: object) -> Email:
    known = {"security": Security.IF_OFFERED, **server}
    return Email(SmtpCarrier(MailServer(host=host, port=port, **known)), SENDER)  # type: ignore[arg-type]


def _parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_a_mail_arrives_as_text_and_html_with_what_receivers_need() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as where:
        _email(*where).send("olga@host.example", MESSAGE)
    [mail] = mailbox.mails
    assert mailbox.recipients == ["olga@host.example"]
    assert mail["Subject"] == "Canal 12\u00a0: voyageur joint"
    assert mail["From"] == SENDER
    assert mail["To"] == "olga@host.example"
    assert mail["Content-Language"] == "fr"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] is not None
    assert mail["List-Id"] is mail["List-Unsubscribe"] is None
    text, html = _parts(mail)
    assert text.startswith("Nous avons parlé avec Zoé, qui a accepté de baisser le son.")
    assert text.rstrip().endswith("https://calls.example.com/incidents/abc")
    assert '<a href="https://calls.example.com/incidents/abc">' in html
    assert " style=" not in html


def test_a_repeated_mail_has_the_id_by_which_receivers_collapse_it() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as where:
        channel = _email(*where)
        channel.send("olga@host.example", MESSAGE)
        channel.send("olga@host.example", MESSAGE)
        channel.send("paul@host.example", MESSAGE)
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@night.example>")


@pytest.mark.parametrize(
    ("verb", "answer", "raised"),
    [
        ("RCPT", "550 5.1.1 <{address}> no such user", PermanentError),
        ("RCPT", "451 4.7.1 {address}: greylisted, try later", TransientError),
        ("DATA", "554 5.7.1 looks like spam", PermanentError),
        ("DATA", "452 4.3.1 disk full", TransientError),
        ("MAIL", "553 5.7.1 sender not allowed", TransientError),  # ours to correct, then it goes
    ],
)
def test_what_a_refusal_means_and_that_it_names_nobody(
    verb: str, answer: str, raised: type[Exception]
) -> None:
    mailbox = Mailbox()
    mailbox.refusals[verb] = answer
    with mail_server(mailbox) as where, pytest.raises(raised) as caught:
        _email(*where).send("olga@host.example", MESSAGE)
    assert type(caught.value) is raised
    assert answer[:3] in str(caught.value)
    assert "olga" not in str(caught.value)
    assert mailbox.mails == []


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(TransientError, match="no connection to the mail server"):
        _email("127.0.0.1", 9).send("olga@host.example", MESSAGE)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        server = MailServer(host="127.0.0.1", port=port, security=Security.NONE)
        channel = Email(SmtpCarrier(server, timeout_seconds=0.1), SENDER)
        with pytest.raises(TransientError, match="no connection to the mail server"):
            channel.send("olga@host.example", MESSAGE)


def test_a_mail_that_was_taken_is_sent_even_if_the_goodbye_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_take_and_vanish, args=(listener,))
        thread.start()
        _email("127.0.0.1", listener.getsockname()[1]).send("olga@host.example", MESSAGE)
        thread.join()


def _take_and_vanish(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as lines:

        def say(text: str) -> None:
            lines.write(f"{text}\r\n".encode())
            lines.flush()

        say("220 here")
        while line := lines.readline().decode().strip():
            if line.upper() == "DATA":
                say("354 go on")
                while lines.readline().strip() != b".":
                    pass
                say("250 taken")
                lines.readline()  # QUIT
                return
            say("250 fine")


def test_starttls_is_used_when_offered_and_its_certificate_is_checked(tmp_path: Path) -> None:
    server_side, client_side = _certificate(tmp_path)
    mailbox = Mailbox()
    with mail_server(mailbox, tls_context=server_side) as (host, port):
        server = MailServer(host=host, port=port, security=Security.STARTTLS)
        Email(SmtpCarrier(server, tls=client_side), SENDER).send("olga@host.example", MESSAGE)
        with pytest.raises(TransientError, match="SSLCertVerificationError"):
            Email(SmtpCarrier(server), SENDER).send("olga@host.example", MESSAGE)
    assert mailbox.encrypted == [True]


def test_without_the_encryption_that_was_asked_for_nothing_is_sent() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as where, pytest.raises(TransientError, match="NotSupported"):
        _email(*where, security=Security.STARTTLS).send("olga@host.example", MESSAGE)
    assert mailbox.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_signing_in_works_and_a_wrong_password_keeps_the_mail() -> None:
    mailbox = Mailbox()

    def check(server: object, session: object, envelope: object, kind: str, data: object) -> object:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == b"s3cret", handled=False)

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    with mail_server(mailbox, **options) as where:
        _email(*where, user="me", password="s3cret").send("olga@host.example", MESSAGE)
        with pytest.raises(TransientError, match="refuses our sign-in; see MAIL_URL"):
            _email(*where, user="me", password="old").send("olga@host.example", MESSAGE)
    assert len(mailbox.mails) == 1


def test_while_developing_mails_are_files_and_nobody_gets_any(tmp_path: Path) -> None:
    channel = email_channel("file", SENDER, tmp_path / "mail")
    channel.send("olga@host.example", MESSAGE)
    channel.send("olga@host.example", MESSAGE)
    [path] = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["Subject"] == "Canal 12\u00a0: voyageur joint"
    assert "Zoé" in _parts(mail)[0]


def test_a_mail_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(TransientError, match="not written"):
        Email(FileCarrier(tmp_path / "mail"), SENDER).send("olga@host.example", MESSAGE)


@pytest.mark.parametrize("address", ["", "olga", "olga@", "o@x\nBcc: p@y", "@host.example"])
def test_what_is_no_address_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        check_email(address)
    with pytest.raises(PermanentError):
        email_channel("file", SENDER, tmp_path).send(address, MESSAGE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file", None),
        ("smtps://me:p%40ss@mx.example", ("mx.example", 465, Security.TLS, "me", "p@ss")),
        ("smtp://me:p@mx.example", ("mx.example", 587, Security.STARTTLS, "me", "p")),
        ("smtp://mx.example", ("mx.example", 25, Security.IF_OFFERED, None, None)),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, Security.IF_OFFERED, None, None)),
        ("smtp://mx.example?starttls=no", ("mx.example", 25, Security.NONE, None, None)),
    ],
)
def test_the_mail_setting_is_read(url: str, expected: tuple[object, ...] | None) -> None:
    server = read_mail_url(url)
    if server is None:
        assert expected is None
        return
    assert (server.host, server.port, server.security, server.user, server.password) == expected
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        *("", "mx.example", "http://mx.example", "smtp://", "smtp://x:99999"),
        *("smtp://x?starttls=maybe", "smtp://me:secret@mx.example?starttls=no"),
    ],
)
def test_a_bad_mail_setting_names_itself_and_not_the_password(url: str) -> None:
    with pytest.raises(SettingsError, match="CALLASSIST_MAIL_URL") as raised:
        read_mail_url(url)
    assert "secret@" not in raised.value.detail


def test_a_bad_sender_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CALLASSIST_MAIL_FROM"):
        email_channel("file", "nobody", tmp_path)


def _certificate(directory: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server on 127.0.0.1 and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = directory / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(
        cadata=certificate.public_bytes(Encoding.PEM).decode()
    )
