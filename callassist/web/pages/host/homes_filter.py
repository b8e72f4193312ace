"""What the list of homes is narrowed to, and which homes fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from callassist.domain.coverage import MissingPart
from callassist.escalation.coverage_of_many import Night, nights
from callassist.web.pages import asking, home_words, words
from callassist.web.pages.host.home_rows import HomeRow, home_rows, tags_of_homes
from callassist.web.translate import gettext as _

_LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to, as it stands in the address; empty where it is not."""

    q: str = ""  # a part of the name
    state: str = ""  # covered, not_covered, paused or shadow
    missing: str = ""  # a MissingPart
    location: str = ""
    tag: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Wanted:
        """Anything odd in the address is left out of account."""
        said = {
            each.name: values.get(each.name, "").replace("\x00", "").strip()[:_LONGEST]
            for each in fields(cls)
        }
        for name, known in (("state", STATES), ("missing", list(MissingPart))):
            if said[name] not in known:
                said[name] = ""
        return cls(**said)

    @property
    def chosen(self) -> dict[str, str]:
        """What is narrowed, by its name in the address."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def is_deep(self) -> bool:
        """Whether one of the filters is in use that stand behind "more"."""
        return bool(self.missing or self.location or self.tag)

    def url(self, page: int = 1, without: str = "") -> str:
        """A page of this list; or of the list with one filter less."""
        kept: dict[str, Any] = {**self.chosen, "page": page if page > 1 else None}
        kept.pop(without, None)
        return url_for("host.homes", **kept)


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Every home of the viewer with its night and tags, and those that fit."""

    all: list[HomeRow]
    fitting: list[HomeRow]
    judged: dict[int, Night]
    tags: dict[int, tuple[str, ...]]

    def counts(self, now: datetime) -> dict[str, int]:
        """How many homes there are in each state."""
        return {
            state: sum(fits(home, self.judged[home.id], now) for home in self.all)
            for state, fits in STATES.items()
        }

    @property
    def locations(self) -> list[str]:
        """Each place once, whatever its capitals."""
        return _once(home.location for home in self.all)

    @property
    def all_tags(self) -> list[str]:
        """Each tag once, whatever its capitals."""
        return _once(tag for tags in self.tags.values() for tag in tags)


def homes_that_fit(session: Session, wanted: Wanted, now: datetime) -> Homes:
    """The viewer's homes by name; a fixed number of queries, however many there are."""
    viewer = asking.host()
    homes = home_rows(session, viewer)
    judged = nights(session, viewer, homes, asking.service().surroundings, now)
    tags = tags_of_homes(session, viewer)
    fitting = [
        home for home in homes if _fits(home, judged[home.id], tags.get(home.id, ()), wanted, now)
    ]
    return Homes(all=homes, fitting=fitting, judged=judged, tags=tags)


def state_words(*, simulated: bool) -> dict[str, str]:
    """The states in words; "covered" never where nobody is really phoned."""
    return {
        "covered": _("ready") if simulated else _("covered tonight"),
        "not_covered": _("not ready") if simulated else _("not covered tonight"),
        "paused": _("paused"),
        "shadow": _("shadow mode"),
    }


def state_choices(counts: Mapping[str, int], *, simulated: bool) -> list[tuple[str, str]]:
    """The states with how many homes each has."""
    said = state_words(simulated=simulated)
    return [("", _("all")), *((one, f"{text} ({counts[one]})") for one, text in said.items())]


def missing_choices() -> list[tuple[str, str]]:
    """What can be missing."""
    return [("", _("anything")), *((part, str(said)) for part, said in home_words.LACKS.items())]


def filter_words(wanted: Wanted, *, simulated: bool) -> list[tuple[str, str]]:
    """Each filter in use as words, with the address of the list without it."""
    said = {
        "q": _("name: %(what)s", what=wanted.q),
        "state": state_words(simulated=simulated).get(wanted.state, ""),
        "missing": words.of(home_words.LACKS, wanted.missing),
        "location": _("location: %(what)s", what=wanted.location),
        "tag": _("tag: %(what)s", what=wanted.tag),
    }
    return [(said[name], wanted.url(without=name)) for name in wanted.chosen]


def _is_covered(home: HomeRow, night: Night, now: datetime) -> bool:
    return not night.coverage.really_missing


def _is_not_covered(home: HomeRow, night: Night, now: datetime) -> bool:
    return bool(night.coverage.really_missing)


def _is_paused(home: HomeRow, night: Night, now: datetime) -> bool:
    return home.pause_end(now) is not None or MissingPart.PAUSED in night.coverage.missing


def _is_shadow(home: HomeRow, night: Night, now: datetime) -> bool:
    return home.shadow_since is not None


STATES: Mapping[str, Callable[[HomeRow, Night, datetime], bool]] = {
    "covered": _is_covered,
    "not_covered": _is_not_covered,
    "paused": _is_paused,
    "shadow": _is_shadow,
}


def _fits(
    home: HomeRow, night: Night, tags: tuple[str, ...], wanted: Wanted, now: datetime
) -> bool:
    if wanted.q.casefold() not in home.name.casefold():
        return False
    if wanted.missing and wanted.missing not in night.coverage.missing:
        return False
    if wanted.location and wanted.location.casefold() != home.location.casefold():
        return False
    if wanted.tag and wanted.tag.casefold() not in {tag.casefold() for tag in tags}:
        return False
    return wanted.state not in STATES or STATES[wanted.state](home, night, now)


def _once(words: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for word in words:
        if word:
            found.setdefault(word.casefold(), word)
    return [found[plain] for plain in sorted(found)]
