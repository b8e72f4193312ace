"""How connections to booking systems are spoken of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel.speaklater import LazyString

from callassist.models import ImportRun
from callassist.pms_sync.overview import Standing
from callassist.web.pages import times
from callassist.web.pages.host.set_aside_words import reason
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l
from callassist.web.translate import ngettext

# the word, its tone and icon, and one sentence
STANDING: Mapping[Standing, tuple[LazyString, str, str, LazyString]] = {
    Standing.WORKING: (
        _l("Working"),
        "calm",
        "circle-check",
        _l("Stays and numbers come by themselves."),
    ),
    Standing.READING: (
        _l("Reading"),
        "info",
        "loader-circle",
        _l("We are reading it now; what is new appears here as it comes."),
    ),
    Standing.NEEDS_YOU: (
        _l("Needs you"),
        "loud",
        "triangle-alert",
        _l("What was read before still counts, but nothing new comes."),
    ),
    Standing.PAUSED: (
        _l("Paused"),
        "watch",
        "circle-pause",
        _l("Nothing is read until you resume it. What was read stays as it is."),
    ),
    Standing.WAITING: (
        _l("Waiting for its rate"),
        "info",
        "hourglass",
        _l("The system allows only so many questions; we go on as soon as it lets us."),
    ),
}
KIND: Mapping[str, LazyString] = {
    "full": _l("everything"),
    "changes": _l("what changed"),
    "asked": _l("on your word"),
    "file": _l("a file"),
}
COUNTED: Mapping[str, LazyString] = {
    "listings": _l("Listings"),
    "read": _l("Reservations read"),
    "stays": _l("Stays"),
    "created": _l("New"),
    "changed": _l("Changed"),
    "unchanged": _l("As before"),
    "cancelled": _l("Cancelled"),
    "without_number": _l("Without a number"),
    "set_aside": _l("Set aside"),
    "contacts": _l("Guests asked for"),
    "requests": _l("Questions to the system"),
}
_UNDER_A_MINUTE = timedelta(minutes=1)


def words_for_systems() -> dict[str, Any]:
    """What the templates of these pages say things with."""
    return {
        "standing_words": STANDING,
        "came": came,
        "ago": ago,
        "run_kind": run_kind,
        "run_counts": run_counts,
        "translated": translated,
        "set_aside_reason": reason,
    }


def translated(choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of a vendor's form in the reader's language."""
    return [(value, _(text)) for value, text in choices]


def run_counts(run: ImportRun) -> list[tuple[str, int]]:
    """Everything that was counted."""
    return [
        (str(said), run.counts[name])
        for name, said in COUNTED.items()
        if isinstance(run.counts.get(name), int)
    ]


def run_kind(run: ImportRun) -> str:
    """What a reading was for."""
    return str(KIND.get(run.kind, run.kind))


def came(run: ImportRun) -> str:
    """What a reading brought: "41 stays, 3 new, 2 without a number"."""
    counts = {name: value for name, value in run.counts.items() if isinstance(value, int)}
    stays = counts.get("stays", counts.get("read", 0))
    said = [ngettext("%(num)s stay", "%(num)s stays", stays), *_changes(counts)]
    if len(said) == 1 and (not stays or counts.get("unchanged")):  # else they wait for their homes
        said.append(_("nothing new"))
    return ", ".join(said)


def ago(then: datetime, now: datetime) -> str:
    """How old something is."""
    if now - then < _UNDER_A_MINUTE:
        return _("just now")
    return _("%(span)s ago", span=times.lasting(now - then))


def _changes(counts: Mapping[str, int]) -> list[str]:
    new, changed = counts.get("created", 0), counts.get("changed", 0)
    gone, mute = counts.get("cancelled", 0), counts.get("without_number", 0)
    aside = counts.get("set_aside", 0)
    said = (
        (new, ngettext("%(num)s new", "%(num)s new", new)),
        (changed, ngettext("%(num)s changed", "%(num)s changed", changed)),
        (gone, ngettext("%(num)s cancelled", "%(num)s cancelled", gone)),
        (mute, ngettext("%(num)s without a number", "%(num)s without a number", mute)),
        (aside, ngettext("%(num)s set aside", "%(num)s set aside", aside)),
    )
    return [words for count, words in said if count]
