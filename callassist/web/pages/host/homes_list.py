"""All homes: searched, filtered, given rules together."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist.accounts.people import accounts
from callassist.accounts.policies import policies
from callassist.accounts.properties import PropertyInput, find_property, update_property
from callassist.domain.coverage import MissingPart
from callassist.errors import InvalidInput, NotFound
from callassist.escalation.coverage_of_many import Night, nights
from callassist.web.pages import asking, home_words
from callassist.web.pages.host import noise_words
from callassist.web.pages.host.home_rows import HomeRow, home_rows, really_missing
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.tonight_queries import HomeLine, home_lines
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

PER_PAGE = 20
_MOST_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to, as it stands in the address."""

    search: str
    state: str  # covered, not_covered, paused or all
    missing: str  # a MissingPart
    page: int

    @classmethod
    def of_request(cls) -> Wanted:
        """Anything odd in the address is left out of account."""
        page = request.args.get("page", "1")
        return cls(
            search=request.args.get("q", "").strip()[:100],
            state=request.args.get("state", ""),
            missing=request.args.get("missing", ""),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def url(self, page: int) -> str:
        """Another page of the same list."""
        return url_for(
            "host.homes",
            page=page,
            q=self.search or None,
            state=self.state or None,
            missing=self.missing or None,
        )


@dataclass(frozen=True, kw_only=True)
class HomesScreen:
    """One page of homes."""

    lines: tuple[HomeLine, ...]
    wanted: Wanted
    found: int
    total: int
    newer: str
    older: str
    several_accounts: bool
    presets: tuple[tuple[str, str], ...]
    may_write: bool


def index() -> ResponseReturnValue:
    """Homes with their covers and ribbons, a page at a time."""
    with asking.reading() as session:
        screen = _screen(session, Wanted.of_request())
    return render_template(
        "host/homes.html",
        screen=screen,
        ribbon_svg=noise_words.ribbon_svg,
        decibels=noise_words.decibels,
        states=_states(),
        parts=[
            ("", _("anything")),
            *((part, str(said)) for part, said in home_words.LACKS.items()),
        ],
    )


def give_rules() -> ResponseReturnValue:
    """Give several homes one set of rules; all or none."""
    chosen = request.form.getlist("home")[:_MOST_AT_ONCE]
    try:
        with asking.writing() as session:
            if not chosen:
                raise InvalidInput("tick at least one home", "home")
            for home_id in chosen:
                home = find_property(session, asking.host(), home_id)
                asking.host().require_write(home.account_id)
                typed = PropertyInput(policy=request.form.get("policy", ""))
                update_property(session, asking.host(), home_id, typed)
        count = len(chosen)
        flash(
            ngettext(
                "%(num)s home has these rules now.", "%(num)s homes have these rules now.", count
            )
        )
    except (InvalidInput, NotFound) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.homes"))


def _screen(session: Session, wanted: Wanted) -> HomesScreen:
    viewer, service, now = asking.host(), asking.service(), asking.now()
    names = {one.id: one.name for one in accounts(session, viewer)}
    homes = home_rows(session, viewer)
    judged = nights(session, viewer, homes, service.surroundings, now)
    found = [home for home in homes if _fits(home, judged[home.id], wanted)]
    last = max(1, -(-len(found) // PER_PAGE))
    page = min(wanted.page, last)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    writable = writable_accounts(session, viewer)
    return HomesScreen(
        lines=home_lines(session, service, shown, judged, names, now),
        wanted=wanted,
        found=len(found),
        total=len(homes),
        newer=wanted.url(page - 1) if page > 1 else "",
        older=wanted.url(page + 1) if page < last else "",
        several_accounts=len(names) > 1,
        presets=(
            ("", _("The rules of this service")),
            *(
                (one.public_id, one.name)
                for place in writable
                for one in policies(session, viewer, place.id)
            ),
        ),
        may_write=bool(writable),
    )


def _fits(home: HomeRow, night: Night, wanted: Wanted) -> bool:
    if wanted.search.casefold() not in home.name.casefold():
        return False
    if wanted.missing and wanted.missing not in night.coverage.missing:
        return False
    lacks = really_missing(night.coverage)
    if wanted.state == "covered":
        return not lacks
    if wanted.state == "not_covered":
        return bool(lacks)
    if wanted.state == "paused":
        return home.pause_end(asking.now()) is not None or MissingPart.PAUSED in lacks
    return True


def _states() -> list[tuple[str, str]]:
    simulated = asking.service().surroundings.capabilities.simulated
    return [
        ("", _("all")),
        ("covered", _("ready") if simulated else _("covered tonight")),
        ("not_covered", _("not ready") if simulated else _("not covered tonight")),
        ("paused", _("paused")),
    ]
