"""What a person chose for themselves: name, language, hours, zone, look, when nothing may buzz."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.errors import InvalidInput
from callassist.models import Person

THEMES = ("system", "light", "dark")
HOUR_CYCLES = ("h12", "h23")
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The person as they typed themselves; None where the default applies."""

    name: str
    language: str
    theme: str
    hour_cycle: str | None
    timezone: str | None


def save_profile(session: Session, person_id: int, typed: Profile) -> Person:
    """Keep it; InvalidInput names the field."""
    person = session.get_one(Person, person_id)
    if typed.theme not in THEMES:
        raise InvalidInput(f"use one of {', '.join(THEMES)}", "theme")
    if typed.hour_cycle is not None and typed.hour_cycle not in HOUR_CYCLES:
        raise InvalidInput(f"use one of {', '.join(HOUR_CYCLES)}", "hour_cycle")
    person.name = checks.line(typed.name, "name")
    person.language = checks.languages([typed.language], "language")[0]
    person.theme, person.hour_cycle = typed.theme, typed.hour_cycle
    person.timezone = None if typed.timezone is None else checks.zone(typed.timezone)
    session.flush()
    return person


def save_theme(session: Session, person_id: int, theme: str) -> None:
    """The look of the pages, in every browser of the person."""
    if theme in THEMES:
        session.get_one(Person, person_id).theme = theme
        session.flush()


def save_shortcuts(session: Session, person_id: int, on: bool) -> None:
    """Whether single keys do something on the person's pages."""
    session.get_one(Person, person_id).shortcuts = on
    session.flush()


def save_quiet_hours(
    session: Session, person_id: int, from_: str | None, until: str | None
) -> None:
    """Local times between which nothing buzzes but what needs this person; None switches it off."""
    person = session.get_one(Person, person_id)
    if not from_ and not until:
        person.quiet_from = person.quiet_until = None
        session.flush()
        return
    for field, typed in (("quiet_from", from_), ("quiet_until", until)):
        if typed is None or not _LOCAL_TIME.fullmatch(typed):
            raise InvalidInput("give a time of day like 23:00, or leave both empty", field)
    if from_ == until:
        raise InvalidInput("must differ from the time before", "quiet_until")
    person.quiet_from, person.quiet_until = from_, until
    session.flush()
