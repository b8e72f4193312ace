"""Homes as files: taken out, and sent in, looked at row by row, stored when confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callassist.accounts import home_files
from callassist.accounts.home_csv import Column, ReadHome, Verdict
from callassist.accounts.home_files import HomesPreview
from callassist.domain.csv_table import MOST_ROWS
from callassist.domain.spreadsheet import csv_line
from callassist.models import Property
from callassist.storage.parts import StoredInPart
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import csv_download
from callassist.web.pages.host.homes_filter import STATES, Wanted, homes_that_fit, state_words
from callassist.web.pages.host.sent_files import (
    GOOD_SHOWN,
    WRONG_SHOWN,
    chosen_account,
    put_away,
    receiving_accounts,
    say_left_out,
    say_stored_in_part,
    sent_file,
)
from callassist.web.translate import gettext as _
from callassist.web.translate import ngettext

_TONIGHT = ("paused", "shadow", "covered", "not_covered")  # the first that fits is said
_EXAMPLE = {
    Column.NAME: "Harbour loft",
    Column.TIMEZONE: "Europe/Paris",
    Column.COUNTRY: "FR",
    Column.LOCATION: "Marseille",
    Column.TAGS: "sea, two bedrooms",
    Column.LANGUAGE: "fr",
    Column.CALL_NAME: "Quay 12",
    Column.HOST_ONLY: "no",
}


def export() -> ResponseReturnValue:
    """The homes that the list shows, with what is said of each."""
    viewer, now = asking.host(), asking.now()
    with asking.reading() as session:
        homes = homes_that_fit(session, Wanted.of(request.args), now)
    words = state_words(simulated=asking.service().surroundings.capabilities.simulated)
    tonight = {
        home.id: next(
            words[state] for state in _TONIGHT if STATES[state](home, homes.judged[home.id], now)
        )
        for home in homes.fitting
    }

    def lines() -> Iterator[str]:
        yield csv_line([*(str(one) for one in Column), "tonight"])
        with asking.service().sessions.read() as session:
            query = (
                select(Property)
                .where(Property.account_id.in_(viewer.account_ids), Property.archived_at.is_(None))
                .options(joinedload(Property.policy), selectinload(Property.tags))
                .order_by(Property.name, Property.id)
                .execution_options(yield_per=500)
            )
            for home in session.scalars(query):
                if home.id in tonight:
                    yield csv_line([*_cells(home), tonight[home.id]])

    return csv_download(lines(), "homes")


def template() -> ResponseReturnValue:
    """A file to fill in, with one example."""
    lines = [
        csv_line([str(one) for one in Column]),
        csv_line([_EXAMPLE.get(one, "") for one in Column]),
    ]
    return csv_download(iter(lines), "homes-template")


def send() -> ResponseReturnValue:
    """Choose a file."""
    viewer = asking.host()
    with asking.reading() as session:
        accounts = receiving_accounts(session)
    form = Form.of_request() if asking.is_sent() else Form()
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            account_id = chosen_account(form, accounts)
            name, content = sent_file()
            kept = home_files.keep_home_file(
                session,
                asking.service().vault,
                viewer,
                account_id,
                name,
                content,
                now=asking.now(),
            )
        if not form.is_refused:
            return redirect(url_for("host.homes_preview", file_id=kept.public_id))
    page = render_template(
        "host/homes_import.html",
        form=form,
        accounts=[(one.public_id, one.name) for one in accounts],
        most_rows=MOST_ROWS,
    )
    return page, 422 if form.is_refused else 200


def look(file_id: str) -> ResponseReturnValue:
    """Every row as it would be stored."""
    with asking.reading() as session:
        found = home_files.preview_homes(session, asking.service().vault, asking.host(), file_id)
    shown = _shown(found)
    return render_template(
        "host/homes_preview.html",
        preview=found,
        rows=shown,
        hidden=len(found.rows) - len(shown),
        Verdict=Verdict,
        titles=_column_words(),
        verdicts={
            Verdict.NEW: (_("new"), "calm"),
            Verdict.KNOWN: (_("there already"), ""),
            Verdict.WRONG: (_("not stored"), "loud"),
        },
    )


def store(file_id: str) -> ResponseReturnValue:
    """Confirmed: add every home that can be."""
    service = asking.service()
    try:
        counts = home_files.store_home_file(
            service.sessions, service.vault, asking.host(), file_id, now=asking.now()
        )
    except StoredInPart as interrupted:
        return say_stored_in_part(interrupted, url_for("host.homes_preview", file_id=file_id))
    flash(
        ngettext(
            "%(num)s home was added. What it still needs stands on its page.",
            "%(num)s homes were added. What each still needs stands on its page.",
            counts[Verdict.NEW],
        )
    )
    say_left_out(counts[Verdict.WRONG])
    return redirect(url_for("host.homes"))


def drop(file_id: str) -> ResponseReturnValue:
    """Put the file away; nothing was stored."""
    return put_away(
        lambda session: home_files.drop_home_file(session, asking.host(), file_id),
        url_for("host.import_homes"),
    )


def _column_words() -> dict[str, str]:
    return {
        Column.NAME: _("Name"),
        Column.TIMEZONE: _("Time zone"),
        Column.COUNTRY: _("Country"),
        Column.LOCATION: _("Location"),
        Column.TAGS: _("Tags"),
        Column.LANGUAGE: _("Language"),
        Column.RULES: _("Set of rules"),
        Column.HOST_SPOKEN_NAME: _("Your name, as operators say it"),
        Column.CALL_NAME: _("The home, as operators may say it"),
        Column.CALL_NAME_TO_GUEST: _("Operators may say it to the guest too"),
        Column.HOST_ONLY: _("Never call the guest, only us"),
    }


def _cells(home: Property) -> list[str]:
    said = {
        Column.TAGS: ", ".join(one.tag for one in home.tags),
        Column.RULES: home.policy.name if home.policy else "",
        Column.CALL_NAME_TO_GUEST: "yes" if home.show_call_name_to_guest else "no",
        Column.HOST_ONLY: "yes" if home.host_only else "no",
    }
    return [said[one] if one in said else str(getattr(home, one)) for one in Column]


def _shown(found: HomesPreview) -> list[ReadHome]:
    """Wrong rows first, then those that are there already; of very long files not all."""
    by_verdict: dict[Verdict, list[ReadHome]] = {verdict: [] for verdict in Verdict}
    for one in found.rows:
        by_verdict[one.verdict].append(one)
    return [
        *by_verdict[Verdict.WRONG][:WRONG_SHOWN],
        *by_verdict[Verdict.KNOWN][:GOOD_SHOWN],
        *by_verdict[Verdict.NEW][:GOOD_SHOWN],
    ]
