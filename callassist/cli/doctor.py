"""`callassist doctor`: is this installation fit for tonight?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import select

from callassist.bootstrap import Service, build, set_up_logs
from callassist.domain.dial import DialMode
from callassist.domain.own_network import name_of
from callassist.errors import CallAssistError
from callassist.escalation.budgets import service_budgets
from callassist.escalation.shown_number import check_shown_numbers
from callassist.escalation.tokens import Question
from callassist.models import Account, OwnNetwork, PmsConnection
from callassist.safe_http import trusted_session
from callassist.settings import load_settings
from callassist.settings.values import TelephonyNetwork
from callassist.storage.backup import backups, read_manifest
from callassist.storage.facts import dialling_allowed, get_fact
from callassist.web.proxies import UNTRUSTED_PROXY

OK, WARN, BAD = "ok", "look", "bad"
PROXY_REMEMBERED = timedelta(days=7)
SYSTEM_LATE = timedelta(hours=1)
ENOUGH_BYTES = 1 << 30
_SIGNS = {OK: "  ok  ", WARN: " look ", BAD: " BAD  "}


@click.command()
def doctor() -> None:
    """Check settings, database, telephony, mail, monitor, backups and disk; exit 1 when bad."""
    settings = load_settings()
    set_up_logs("ERROR")
    service = build(settings)
    try:
        findings = list(_findings(service))
    finally:
        service.stop()
    for state, what in findings:
        click.echo(f"[{_SIGNS[state]}] {what}")
    raise SystemExit(1 if any(state == BAD for state, _ in findings) else 0)


def _findings(service: Service) -> Iterator[tuple[str, str]]:
    own = service.settings
    yield OK, f"settings and database ({service.sessions.engine.dialect.name})"
    yield from _telephony(service)
    yield from _own_networks(service)
    yield from _systems(service)
    with service.sessions.read() as session:
        allowed = dialling_allowed(session)
    if allowed:
        yield OK, "dialling is allowed"
    else:
        yield BAD, "this is a restored copy and dials nobody: check it, then callassist resume"
    yield from _monitor(own.service.heartbeat_url)
    yield from _public_url(own.service.public_url)
    yield from _proxies(service)
    if own.mail.url == "file":
        yield WARN, "e-mail is written to files: set CALLASSIST_MAIL_URL to a mail server"
    else:
        yield OK, "e-mail goes to a mail server (test it with a channel's Test button)"
    yield from _backups(service)
    free = shutil.disk_usage(own.service.data_dir).free
    state = OK if free > ENOUGH_BYTES else BAD
    yield state, f"{free // (1 << 20)} MiB free in {own.service.data_dir}"


def _telephony(service: Service) -> Iterator[tuple[str, str]]:
    yield from _asked_at(service)
    try:
        service.telephony.check()
    except CallAssistError as error:
        yield BAD, f"telephony ({service.telephony.name}): {error.detail}"
        return
    if service.telephony.capabilities().simulated:
        yield WARN, "telephony is simulated: nobody is really phoned"
    else:
        yield OK, f"telephony ({service.telephony.name})"
        yield from _shown_numbers(service)
        yield from _caps(service)


def _own_networks(service: Service) -> Iterator[tuple[str, str]]:
    """Each account's own, by the account's id: nothing secret, and no number."""
    with service.sessions.read() as session:
        query = select(OwnNetwork.public_id, Account.public_id).join(
            Account, Account.id == OwnNetwork.account_id
        )
        known = [(name_of(network), account) for network, account in session.execute(query)]
    for name, account in known:
        network = service.own_networks.named(name)
        what = f"own phone network of account {account}"
        try:
            if network is not None:
                network.check()
        except CallAssistError as error:
            yield BAD, f"{what}: {error.detail}"
        else:
            yield OK, what


def _systems(service: Service) -> Iterator[tuple[str, str]]:
    """Each connected property-management system, by its id: when it was read, and what failed."""
    now = service.clock.now()
    with service.sessions.read() as session:
        query = select(PmsConnection).where(PmsConnection.disabled_at.is_(None))
        known = list(session.scalars(query.order_by(PmsConnection.id)))
    for one in known:
        what = f"{one.vendor} {one.public_id}"
        late = one.next_run_at is not None and now - one.next_run_at > SYSTEM_LATE
        if one.vendor not in service.systems.sync.connectors:
            yield BAD, f"{what}: no such system is known to this version"
        elif one.failures:
            yield BAD, f"{what}: could not be read {one.failures} times in a row: {one.error}"
        elif one.complete_at is None:
            yield WARN, f"{what}: was never read to its last page"
        elif late:
            yield WARN, f"{what}: is due for reading and nobody does; does a worker run?"
        else:
            yield OK, f"{what}: last read completely at {one.complete_at:%Y-%m-%d %H:%M} UTC"


def _shown_numbers(service: Service) -> Iterator[tuple[str, str]]:
    """Numbers that accounts and homes show, asked afresh."""
    for number in sorted(check_shown_numbers(service.escalation, service.clock.now())):
        yield (
            BAD,
            f"{number} is to be shown by calls and is no number of the network: buy it there or "
            "verify it; until then the next choice is shown",
        )


def _caps(service: Service) -> Iterator[tuple[str, str]]:
    caps = service.escalation.caps
    if caps.day is None and caps.month is None:
        yield (
            WARN,
            "no cap on what calls and texts cost: set CALLASSIST_SPENDING_DAY_CAP and "
            "CALLASSIST_SPENDING_MONTH_CAP",
        )
        return
    with service.sessions.read() as session:
        for one in service_budgets(session, service.escalation, service.clock.now()):
            state = OK if one.mark is None else WARN
            yield state, f"phone costs of this {one.period}: about {one.used:.2f} of {one.cap:.2f}"


def _asked_at(service: Service) -> Iterator[tuple[str, str]]:
    """What has to be written at the phone network by hand; the rest goes with each call."""
    able = service.telephony.capabilities()
    base = f"{service.settings.service.public_url}/hooks/telephony/{service.telephony.name}"
    if service.telephony.texting is not None and not able.simulated:
        yield OK, f"texts from guests: the network posts them to {base}/text"
    if service.telephony.bridge is not None and not able.simulated:
        yield OK, f"guests and hosts who phone back: the network asks {base}/incoming by HTTP POST"
    asks = f"the network asks {base}/{Question.BROWSER} by HTTP POST"
    if DialMode.SOFTPHONE in able.modes:
        yield OK, f"calls from the browser: {asks}"
    elif _has_browsers(service):
        yield OK, f"calls from the browser, once an application is set up for them: {asks}"


def _has_browsers(service: Service) -> bool:
    """Whether the network has lines for browsers, were they set up: Twilio, no other like it."""
    own = service.settings
    return own.telephony.network is TelephonyNetwork.TWILIO and not own.twilio.path_prefix


def _monitor(url: str) -> Iterator[tuple[str, str]]:
    if not url:
        yield WARN, "nobody watches the watcher: set CALLASSIST_HEARTBEAT_URL"
        return
    try:
        with trusted_session().get(url, stream=True) as answer:
            yield (OK if answer.ok else BAD), f"the monitor answered {answer.status_code}"
    except OSError as error:
        yield BAD, f"the monitor was not reached ({type(error).__name__})"


def _public_url(url: str) -> Iterator[tuple[str, str]]:
    if url.startswith("https://"):
        yield OK, f"the public address is {url}"
    else:
        yield WARN, f"the public address {url} is not https: sensors and phones need https"


def _proxies(service: Service) -> Iterator[tuple[str, str]]:
    trusted = service.settings.service.trusted_proxies
    if trusted:
        yield OK, f"{trusted} in front are trusted: make sure that nobody gets past them"
        return
    with service.sessions.read() as session:
        seen = get_fact(session, UNTRUSTED_PROXY)
    if seen is None or datetime.now(UTC) - datetime.fromisoformat(seen["at"]) > PROXY_REMEMBERED:
        yield OK, "no proxy was seen in front, and none is trusted"
        return
    headers = ", ".join(seen["headers"])
    yield (
        WARN,
        f"requests arrive with {headers}, but no proxy is trusted: all visitors count as one. "
        "If proxies of yours are in front, set CALLASSIST_TRUSTED_PROXIES to their number",
    )


def _backups(service: Service) -> Iterator[tuple[str, str]]:
    found = backups(service.settings.backup.dir)
    if not found:
        yield WARN, f"there is no backup yet in {service.settings.backup.dir}"
        return
    manifest = read_manifest(found[-1])
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.made_at)
    state = OK if age < timedelta(days=2) else BAD
    yield state, f"the newest backup is {age.days} days old"
    if manifest.key_fingerprint != service.vault.fingerprint:
        yield BAD, f"it needs another secret key ({manifest.key_fingerprint})"
