"""All homes: searched, filtered, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.giving_rules import Giving, last_giving
from callassist.accounts.people import accounts
from callassist.accounts.policies import policies
from callassist.models import Account
from callassist.web.pages import asking
from callassist.web.pages.host import homes_filter, noise_words
from callassist.web.pages.host.homes_filter import Wanted, homes_that_fit
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.tonight_queries import HomeLine, home_lines
from callassist.web.translate import gettext as _

PER_PAGE = 20


@dataclass(frozen=True, kw_only=True)
class HomesScreen:
    """One page of homes."""

    lines: tuple[HomeLine, ...]
    tags: dict[int, tuple[str, ...]]
    wanted: Wanted
    filters: list[tuple[str, str]]  # in words, with the list without each
    states: list[tuple[str, str]]
    locations: list[tuple[str, str]]  # as options; none where no home has one
    all_tags: list[tuple[str, str]]
    found: int
    total: int
    first: int
    newer: str
    older: str
    several_accounts: bool
    presets: list[tuple[str, str]]
    giving: Giving | None
    may_write: bool

    @property
    def last(self) -> int:
        """The number of the last home on this page."""
        return self.first + len(self.lines) - 1


def index() -> ResponseReturnValue:
    """Homes with their covers and ribbons."""
    with asking.reading() as session:
        screen = _screen(session, Wanted.of(request.args))
    return render_template(
        "host/homes.html",
        screen=screen,
        ribbon_svg=noise_words.ribbon_svg,
        decibels=noise_words.decibels,
        parts=homes_filter.missing_choices(),
    )


def preset_choices(session: Session, places: list[Account]) -> list[tuple[str, str]]:
    """The sets of rules that homes of these accounts can be given."""
    return [
        ("", _("The rules of this service")),
        *(
            (one.public_id, one.name)
            for place in places
            for one in policies(session, asking.host(), place.id)
        ),
    ]


def _screen(session: Session, wanted: Wanted) -> HomesScreen:
    viewer, service, now = asking.host(), asking.service(), asking.now()
    names = {one.id: one.name for one in accounts(session, viewer)}
    homes = homes_that_fit(session, wanted, now)
    last = max(1, -(-len(homes.fitting) // PER_PAGE))
    page = min(_page(), last)
    shown = homes.fitting[(page - 1) * PER_PAGE : page * PER_PAGE]
    writable = writable_accounts(session, viewer)
    simulated = service.surroundings.capabilities.simulated
    return HomesScreen(
        lines=home_lines(session, service, shown, homes.judged, names, now),
        tags=homes.tags,
        wanted=wanted,
        filters=homes_filter.filter_words(wanted, simulated=simulated),
        states=homes_filter.state_choices(homes.counts(now), simulated=simulated),
        locations=_options(homes.locations),
        all_tags=_options(homes.all_tags),
        found=len(homes.fitting),
        total=len(homes.all),
        first=(page - 1) * PER_PAGE + 1,
        newer=wanted.url(page - 1) if page > 1 else "",
        older=wanted.url(page + 1) if page < last else "",
        several_accounts=len(names) > 1,
        presets=preset_choices(session, writable),
        giving=last_giving(session, viewer, now),
        may_write=bool(writable),
    )


def _options(words: list[str]) -> list[tuple[str, str]]:
    return [("", _("all")), *((word, word) for word in words)] if words else []


def _page() -> int:
    typed = request.args.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
