"""Figures of a period and who gets them by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.people import accounts
from callassist.accounts.properties import properties
from callassist.domain.digest_period import Frequency
from callassist.errors import Conflict, InvalidInput
from callassist.models import Account, Digest, Property
from callassist.notifications import check_email
from callassist.reports.chosen_period import (
    LONGEST,
    USUAL,
    csv_of,
    document_of,
    newest_night,
)
from callassist.reports.digest import (
    DigestInput,
    add_digest,
    digests,
    remove_digest,
    set_frequency,
)
from callassist.reports.period import Figures, figures, percent
from callassist.reports.render_pdf import render_pdf
from callassist.web.languages import LANGUAGES, language
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host import stay_days
from callassist.web.pages.host.downloads import csv_download, download
from callassist.web.pages.host.incidents import day_of
from callassist.web.pages.host.queries import writable_accounts
from callassist.web.pages.host.stays import chosen_home
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class FiguresScreen:
    """The figures with everything around them."""

    figures: Figures
    home: Property | None
    homes: list[Property]
    spans: list[tuple[str, str, bool]]
    digests: list[tuple[Digest, str | None, bool]]
    own: list[Account]
    accounts: list[Account]  # in which the viewer may add recipients


def show() -> ResponseReturnValue:
    """The figures of the last 28 nights, or of the days that the address names."""
    return _page(Form({"language": language(), "frequency": str(Frequency.WEEKLY)}))


def add() -> ResponseReturnValue:
    """One more recipient."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        own = writable_accounts(session, asking.host())
        account = next((one for one in own if one.public_id == form["account"]), None)
        if account is None:
            raise InvalidInput("choose an account", "account")
        typed = DigestInput(
            address=check_email(form["address"]),
            name=form["name"],
            language=form["language"],
            frequency=form["frequency"],
            home_public_id=form.optional("home"),
        )
        vault, now = asking.service().vault, asking.now()
        add_digest(session, vault, asking.host(), account.id, typed, now=now)
    if form.is_refused:
        return _page(form)
    flash(_("They get the figures from the next time on."))
    return redirect(url_for("host.figures", _anchor="by-mail"))


def change(digest_id: str) -> ResponseReturnValue:
    """More or less often."""
    try:
        with asking.writing() as session:
            frequency = request.form.get("frequency", "")
            set_frequency(session, asking.host(), digest_id, frequency, asking.now())
        flash(_("Changed."))
    except (InvalidInput, Conflict) as error:
        flash(in_words(error), "refused")
    return redirect(url_for("host.figures", _anchor="by-mail"))


def remove(digest_id: str) -> ResponseReturnValue:
    """Write to them no more."""
    with asking.writing() as session:
        remove_digest(session, asking.host(), digest_id)
    flash(_("They get no more mails, and the address is deleted."))
    return redirect(url_for("host.figures", _anchor="by-mail"))


def as_csv() -> ResponseReturnValue:
    """The figures home by home."""
    return csv_download(csv_of(_screen(asking.now()).figures), "figures")


def as_pdf() -> ResponseReturnValue:
    """The figures to print or to send on, in the reader's language."""
    now = asking.now()
    screen = _screen(now)
    made = document_of(screen.figures, screen.home, screen.own, language(), now)
    name = f"figures-{screen.figures.first}-{screen.figures.last}.pdf"
    return download(render_pdf(made, made_at=now), "application/pdf", name)


def frequency_words() -> list[tuple[str, str]]:
    """How often, in words."""
    return [
        (str(Frequency.OFF), _("off")),
        (str(Frequency.DAILY), _("every morning")),
        (str(Frequency.WEEKLY), _("every Monday")),
        (str(Frequency.MONTHLY), _("on the 1st of the month")),
    ]


def _page(form: Form) -> ResponseReturnValue:
    page = render_template(
        "host/figures.html",
        screen=_screen(asking.now()),
        form=form,
        percent=percent,
        frequencies=frequency_words(),
        languages_of_mail=list(LANGUAGES.items()),
    )
    return page, 422 if form.is_refused else 200


def _screen(now: datetime) -> FiguresScreen:
    viewer = asking.host()
    with asking.reading() as session:
        home = chosen_home(session)
        homes = properties(session, viewer)
        own = accounts(session, viewer)
        last_night = newest_night(home, own, now)
        first, last = _days(last_night)
        return FiguresScreen(
            figures=figures(session, [home] if home else homes, first, last, now),
            home=home,
            homes=homes,
            spans=list(_spans(home, last_night, first, last)),
            digests=[
                (digest, name, viewer.can_write(digest.account_id))
                for digest, name in digests(session, viewer)
            ],
            own=own,
            accounts=[one for one in own if viewer.can_write(one.id)],
        )


def _days(last_night: date) -> tuple[date, date]:
    first, last = day_of(request.args.get("first")), day_of(request.args.get("last"))
    last = last or last_night
    first = first or last - USUAL
    if first > last:
        first, last = last, first
    return max(first, last - LONGEST), last


def _spans(
    home: Property | None, last_night: date, first: date, last: date
) -> Iterator[tuple[str, str, bool]]:
    """Spans to choose from: (address, words, whether it is this one)."""
    home_id = home.public_id if home else None
    month = last_night.replace(day=1)
    before = stay_days.month_before(month)
    for words, begins, ends in (
        (_("last night"), last_night, last_night),
        (_("7 nights"), last_night - timedelta(days=6), last_night),
        (_("28 nights"), last_night - timedelta(days=27), last_night),
        (stay_days.month_words(before), before, month - timedelta(days=1)),
        (_("12 months"), last_night - timedelta(days=364), last_night),
    ):
        url = url_for("host.figures", home=home_id, first=begins, last=ends)
        yield url, words, (begins, ends) == (first, last)
