"""What stands on top of an account's archive: which file holds what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from callassist.web.translate import gettext as _


def readme(account: str, at: datetime, *, in_clear: bool) -> str:
    """In the language of who takes it; instants in the files are UTC."""
    return "\r\n".join(_lines(account, at, in_clear)) + "\r\n"  # also for plain editors on Windows


def _lines(account: str, at: datetime, in_clear: bool) -> Iterator[str]:
    yield _("All data of %(account)s", account=account)
    yield _("Taken on %(at)s (UTC). All times in these files are UTC.", at=f"{at:%Y-%m-%d %H:%M}")
    yield (
        _("Telephone numbers stand here in clear: keep this archive safe.")
        if in_clear
        else _("Telephone numbers are masked.")
    )
    yield _("Secrets of sensors and programs are not in it: they are kept as fingerprints only.")
    yield ""
    for name, holds in (
        ("account.json", _("the account itself")),
        ("homes.json", _("homes with their contacts")),
        ("rules.json, rule_changes.json", _("sets of rules, and who changed them")),
        ("sensors.csv", _("sensors and when they were last heard")),
        ("people.csv", _("who has which role")),
        ("notifications.json", _("who is told what, and where")),
        ("figures_by_email.csv", _("who gets figures by e-mail")),
        ("duty_rota.csv", _("who was and is on duty")),
        ("changes.json", _("who changed what about people, programs and data")),
        ("systems.csv, listings.csv", _("connected booking systems, and what they list")),
        ("bookings.json", _("what those systems said of each booking")),
        ("webhooks.csv", _("systems of yours that are told what happens")),
        ("stays.csv, stays.json", _("stays with their guests, as a table and with consents")),
        ("incidents.csv, incidents.json", _("incidents, as a table and with calls and log")),
        ("reports.json", _("the newest version of each report")),
    ):
        yield f"{name}: {holds}"
    yield ""
    yield _("A large file goes on in a second one, such as incidents-2.json.")
