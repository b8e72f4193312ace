"""Rows of a file as homes: what can be stored, and everything that is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from callassist.accounts.home_labels import clean_tags, split_tags
from callassist.accounts.properties import NEEDED, TEXTS, PropertyInput
from callassist.accounts.zones import likely_zone, zone_names
from callassist.domain.csv_titles import places_of, plain_title, written_language, written_yes
from callassist.errors import InvalidInput

_MOST_GUESSES = 100  # unknown time zones of a file: one with more of them is nonsense


class Column(StrEnum):
    """What a column of a file of homes can hold; also its title in files that we write."""

    NAME = "name"
    TIMEZONE = "timezone"
    COUNTRY = "country"
    LOCATION = "location"
    TAGS = "tags"
    LANGUAGE = "language"
    RULES = "rules"
    HOST_SPOKEN_NAME = "host_spoken_name"
    CALL_NAME = "call_name"
    CALL_NAME_TO_GUEST = "call_name_to_guest"
    HOST_ONLY = "host_only"


# Titles as we and people write them, in plain small letters; the first that fits wins.
_TITLES: Mapping[Column, tuple[str, ...]] = {
    Column.NAME: (
        *("name", "home", "property", "property name", "listing", "listing name", "unit", "nom"),
        *("logement", "nom du logement", "hebergement", "annonce", "unterkunft"),
    ),
    Column.TIMEZONE: ("timezone", "time zone", "tz", "fuseau horaire", "fuseau", "zeitzone"),
    Column.COUNTRY: ("country", "country code", "pays", "code pays", "land"),
    Column.LOCATION: ("location", "city", "town", "place", "lieu", "ville", "quartier", "ort"),
    Column.TAGS: ("tags", "tag", "labels", "etiquettes", "etiquette", "groups", "groupes"),
    Column.LANGUAGE: ("language", "langue", "locale", "lang", "sprache"),
    Column.RULES: ("rules", "set of rules", "preset", "policy", "regles", "jeu de regles"),
    Column.HOST_SPOKEN_NAME: ("host spoken name", "host name", "host", "nom de l hote", "hote"),
    Column.CALL_NAME: ("call name", "name for operators", "nom pour les operateurs"),
    Column.CALL_NAME_TO_GUEST: ("call name to guest", "show call name to guest"),
    Column.HOST_ONLY: ("host only", "only host", "hote seulement"),
}


class Verdict(StrEnum):
    """What storing a row would do."""

    NEW = "new"
    KNOWN = "known"  # a home is called so already: it stays as it is
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class ReadHome:
    """One row: `typed` is None unless it can be stored; `problems` and `remarks` say why by column.

    `cells` are what the file says, by column.
    """

    line: int
    verdict: Verdict
    cells: Mapping[Column, str]
    typed: PropertyInput | None = None
    problems: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()


@dataclass
class Around:
    """What rows are compared with: names of the account's homes (archived or not), its presets."""

    homes: Mapping[str, bool]  # by plain name: whether it is archived
    presets: Mapping[str, str]  # public ids by plain name
    seen: dict[str, int] = field(default_factory=dict)  # lines of this file by plain name
    guesses: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def meant(self, written: str, country: str) -> str | None:
        """The zone that was probably meant."""
        key = (written, country)
        if key not in self.guesses and len(self.guesses) < _MOST_GUESSES:
            self.guesses[key] = likely_zone(written, country)
        return self.guesses.get(key)


def columns_of(titles: Sequence[str]) -> dict[Column, int]:
    """By column its place; InvalidInput when one is missing without which there is no home."""
    places = places_of(titles, _TITLES)
    missing = [name for name in NEEDED if Column(name) not in places]
    if missing:
        needs = "a file of homes needs the columns name, timezone and country"
        raise InvalidInput(f"{needs}; not found: {', '.join(missing)}", "file")
    return places


def plain_name(name: str) -> str:
    """By which two homes are called the same: capitals and blanks do not count."""
    return " ".join(name.casefold().split())


def read_rows(
    rows: Iterable[tuple[int, Sequence[str]]], places: Mapping[Column, int], around: Around
) -> Iterator[ReadHome]:
    """Every row with what would become of it; stores nothing."""
    for line, cells in rows:
        said = {
            column: cells[place] if place < len(cells) else "" for column, place in places.items()
        }
        yield _read(line, said, around)


def _read(line: int, said: Mapping[Column, str], around: Around) -> ReadHome:
    name = plain_name(said[Column.NAME])
    if name and name in around.homes:
        told = (
            "an archived home is called so; restore that one, or choose another name"
            if around.homes[name]
            else "you have a home of this name already; it stays as it is"
        )
        remarks = ((str(Column.NAME), told),)
        return ReadHome(line=line, verdict=Verdict.KNOWN, cells=said, remarks=remarks)
    problems: list[tuple[str, str]] = []
    before = around.seen.setdefault(name, line)
    if name and before != line:
        told = f"the same name as in line {before}; leave one of them out"
        problems.append((str(Column.NAME), told))
    values = _Values(problems)
    for column, checked in _checks(said, around).items():
        if column in said:
            values.take(column, said[column], checked)
    if problems:
        return ReadHome(line=line, verdict=Verdict.WRONG, cells=said, problems=tuple(problems))
    return ReadHome(line=line, verdict=Verdict.NEW, cells=said, typed=PropertyInput(**values.found))


@dataclass
class _Values:
    """Checked cells by the name that they have in `PropertyInput`."""

    problems: list[tuple[str, str]]
    found: dict[str, Any] = field(default_factory=dict)

    def take(self, column: Column, cell: str, checked: Callable[[str], object]) -> None:
        """Keep the cell's value, or what is wrong with it."""
        if not cell and column not in _NEEDED:
            return
        try:
            if not cell:
                raise InvalidInput("must not be empty")
            self.found[_FIELDS.get(column, str(column))] = checked(cell)
        except InvalidInput as error:
            detail = error.detail.removeprefix(f"{error.field}: ") if error.field else error.detail
            self.problems.append((str(column), detail))


_NEEDED = frozenset(Column(name) for name in NEEDED)
_FIELDS = {Column.RULES: "policy", Column.CALL_NAME_TO_GUEST: "show_call_name_to_guest"}


def _checks(said: Mapping[Column, str], around: Around) -> dict[Column, Callable[[str], object]]:
    def zone(cell: str) -> str:
        if cell in zone_names():
            return cell
        meant = around.meant(cell, said.get(Column.COUNTRY, ""))
        if meant is None:
            raise InvalidInput("not a time zone; use a name like Europe/Paris")
        raise InvalidInput(f"not a time zone; did you mean {meant}?")

    def preset(cell: str) -> str:
        found = around.presets.get(plain_name(cell))
        if found is None:
            raise InvalidInput(
                "no set of rules is called so; leave it empty, or make the set first"
            )
        return found

    return {
        **{Column(name): check for name, check in TEXTS.items()},
        Column.TIMEZONE: zone,
        Column.LANGUAGE: written_language,
        Column.TAGS: lambda cell: clean_tags(split_tags(cell)),
        Column.RULES: preset,
        Column.CALL_NAME_TO_GUEST: written_yes,
        Column.HOST_ONLY: written_yes,
    }


def unused_titles(titles: Sequence[str], places: Mapping[Column, int]) -> list[str]:
    """Titles of columns that no home has anything for."""
    taken = set(places.values())
    return [
        title for place, title in enumerate(titles) if place not in taken and plain_title(title)
    ]
