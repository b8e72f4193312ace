"""What is kept how long, as the settings say, in words."""

from __future__ import annotations

from datetime import timedelta

from callassist.accounts.retention import FILES_KEPT
from callassist.accounts.sign_in_sessions import KEPT_FOR
from callassist.storage.engine import is_sqlite
from callassist.web.pages import asking
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_YEAR = 365
_DAY = timedelta(days=1)


def lines() -> list[tuple[str, str]]:
    """(what, how long), for `ui.facts`."""
    kept = asking.service().settings.retention
    found = [
        (_("Guests’ names and numbers"), _("%(span)s after check-out", span=span(kept.numbers))),
        (_("Noise readings"), span(kept.readings)),
        (
            _("Reports, and what was written about calls"),
            _("%(span)s; longer while a report is held for a claim", span=span(kept.reports)),
        ),
        (_("Messages sent and their deliveries"), span(kept.log)),
        (
            _("The log of incidents"),
            _("for good: it holds no name and no number, and proves what happened"),
        ),
        (_("Files of stays or homes that were not confirmed"), span(FILES_KEPT)),
        (_("A browser that stays away"), _("signed out after %(span)s", span=span(KEPT_FOR))),
    ]
    if is_sqlite(asking.service().sessions.engine):
        found.append((_("Backups"), _backups()))
    return found


def span(length: timedelta) -> str:
    """Whole years or days where it is such, else hours."""
    if length % (_YEAR * _DAY) == timedelta():
        return ngettext("%(num)s year", "%(num)s years", length.days // _YEAR)
    if length % _DAY == timedelta():
        return ngettext("%(num)s day", "%(num)s days", length.days)
    return ngettext("%(num)s hour", "%(num)s hours", max(round(length / timedelta(hours=1)), 1))


def _backups() -> str:
    return ngettext(
        "the newest %(num)s, made every night; a guest erased since stays erased",
        "the newest %(num)s, one made every night; a guest erased since stays erased",
        asking.service().settings.backup.keep,
    )
