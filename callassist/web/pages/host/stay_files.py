"""Stays as files: sent in, looked at row by row, stored when confirmed; and taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.properties import find_property, properties
from callassist.domain.booked_stay import name_there
from callassist.domain.csv_table import MOST_ROWS
from callassist.domain.spreadsheet import csv_line
from callassist.errors import Forbidden
from callassist.stays import importing
from callassist.stays.csv_columns import TEMPLATE, Field
from callassist.stays.csv_dates import Order
from callassist.stays.csv_judging import Judged, Verdict
from callassist.stays.csv_rows import Columns
from callassist.stays.importing import Preview
from callassist.stays.listing import every_stay
from callassist.storage.parts import StoredInPart
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import csv_download
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
from callassist.web.pages.host.stays import chosen_home
from callassist.web.translate import gettext as _


def send() -> ResponseReturnValue:
    """Choose a file."""
    viewer = asking.host()
    with asking.reading() as session:
        accounts = receiving_accounts(session)
        homes = [one for one in properties(session, viewer) if viewer.can_write(one.account_id)]
        home = chosen_home(session)
    form = Form.of_request() if asking.is_sent() else Form({"home": home.public_id if home else ""})
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            given = find_property(session, viewer, form["home"]) if form.has("home") else None
            account = given.account_id if given else chosen_account(form, accounts)
            name, content = sent_file()
            kept = importing.keep_file(
                session,
                asking.service().vault,
                viewer,
                account,
                name,
                content,
                now=asking.now(),
                home=given,
            )
        if not form.is_refused:
            return redirect(url_for("host.import_preview", file_id=kept.public_id))
    page = render_template(
        "host/import.html",
        form=form,
        accounts=[(one.public_id, one.name) for one in accounts],
        homes=[("", _("the file names the home of each stay"))]
        + [(one.public_id, one.name) for one in homes],
        most_rows=MOST_ROWS,
    )
    return page, 422 if form.is_refused else 200


def look(file_id: str) -> ResponseReturnValue:
    """Every row as it would be stored, and which column is what."""
    form = Form.of_request() if asking.is_sent() else Form()
    viewer, now, vault = asking.host(), asking.now(), asking.service().vault
    if form.sent:
        with form.taking_errors(), asking.writing() as session:
            titles = len(importing.preview(session, vault, viewer, file_id, now).table.titles)
            importing.choose_columns(session, viewer, file_id, _chosen(form), titles)
        if not form.is_refused:
            return redirect(url_for("host.import_preview", file_id=file_id))
    with asking.reading() as session:
        found = importing.preview(session, vault, viewer, file_id, now)
        homes = [
            one for one in properties(session, viewer) if one.account_id == found.file.account_id
        ]
    page = render_template(
        "host/import_preview.html",
        form=form if form.sent else _filled(found),
        preview=found,
        rows=_shown(found),
        hidden=len(found.rows) - len(_shown(found)),
        wrong=found.counts[Verdict.WRONG],
        Verdict=Verdict,
        verdicts=words_of_verdicts(),
        fields=[(one, field_words(one)) for one in Field],
        columns=[("", "–"), *((str(n), title) for n, title in enumerate(found.table.titles, 0))],
        homes=[("", "–"), *((one.public_id, one.name) for one in homes)],
        orders=[
            (str(Order.DAY_FIRST), _("day first: 31/12/2026")),
            (str(Order.MONTH_FIRST), _("month first: 12/31/2026")),
        ],
        zone_of=lambda home: ZoneInfo(home.timezone),
    )
    return page, 422 if form.is_refused else 200


def store(file_id: str) -> ResponseReturnValue:
    """Confirmed: store every row that can be."""
    service = asking.service()
    try:
        counts = importing.store_file(
            service.sessions, service.vault, asking.host(), file_id, asking.now()
        )
    except StoredInPart as interrupted:
        return say_stored_in_part(interrupted, url_for("host.import_preview", file_id=file_id))
    flash(
        _(
            "Stored: %(new)s new, %(changed)s changed, %(cancelled)s cancelled.",
            new=counts[Verdict.NEW],
            changed=counts[Verdict.CHANGED],
            cancelled=counts[Verdict.CANCELLED],
        )
    )
    say_left_out(counts[Verdict.WRONG])
    return redirect(url_for("host.stays"))


def drop(file_id: str) -> ResponseReturnValue:
    """Put the file away; nothing was stored."""
    return put_away(
        lambda session: importing.drop_file(session, asking.host(), file_id),
        url_for("host.import_stays"),
    )


def template() -> ResponseReturnValue:
    """A file to fill in, with one example."""
    example = ("", "2026-12-24 15:00", "2026-12-27 11:00", "Robin Example", "+33 6 39 98 01 23")
    lines = [csv_line([str(one) for one in TEMPLATE]), csv_line([*example, "", "fr", "A-1"])]
    return csv_download(iter(lines), "stays-template")


def export() -> ResponseReturnValue:
    """All stays, with numbers, for those who may change them."""
    viewer, vault = asking.host(), asking.service().vault
    with asking.reading() as session:
        home = chosen_home(session)
        if not any(viewer.can_write(account) for account in viewer.account_ids):
            raise Forbidden("your role here may look, not change; ask the owner of the account")

    def lines() -> Iterator[str]:
        yield csv_line([*(str(one) for one in TEMPLATE), "status", "source"])
        with asking.service().sessions.read() as session:
            for line in every_stay(session, viewer, home.id if home else None):
                stay = line.stay
                if not viewer.can_write(stay.account_id):
                    continue
                numbers = [vault.open(number.number) for number in stay.numbers]
                yield csv_line(
                    [
                        line.home.name,
                        _local(stay.check_in_at, line.zone),
                        _local(stay.check_out_at, line.zone),
                        vault.open(stay.guest_name) if stay.guest_name else "",
                        *[*numbers, "", ""][:2],
                        stay.language or "",
                        name_there(stay.external_id or ""),
                        "cancelled" if stay.cancelled_at else "",
                        stay.source,
                    ]
                )

    return csv_download(lines(), "stays")


def words_of_verdicts() -> dict[Verdict, tuple[str, str]]:
    """What becomes of a row, and its tone."""
    return {
        Verdict.NEW: (_("new"), "calm"),
        Verdict.CHANGED: (_("changed"), "info"),
        Verdict.SAME: (_("as it is"), ""),
        Verdict.CANCELLED: (_("cancelled"), "watch"),
        Verdict.OVER: (_("over, left out"), ""),
        Verdict.WRONG: (_("not stored"), "loud"),
    }


def field_words(field: Field) -> str:
    """What a column holds, in words."""
    return {
        Field.CHECK_IN: _("Arrives"),
        Field.CHECK_OUT: _("Leaves"),
        Field.HOME: _("Home"),
        Field.GUEST: _("Guest"),
        Field.PHONE: _("Phone number"),
        Field.PHONE_2: _("Second phone number"),
        Field.LANGUAGE: _("Language"),
        Field.REFERENCE: _("Reference of the booking"),
        Field.STATUS: _("Status (cancelled or not)"),
    }[field]


def _chosen(form: Form) -> Columns:
    places = {field: form.whole(str(field)) for field in Field}
    order = form["order"]
    return Columns(
        places={field: place for field, place in places.items() if place is not None},
        order=Order(order) if order in list(Order) else Order.DAY_FIRST,
        home=form.optional("default_home"),
    )


def _filled(found: Preview) -> Form:
    return Form(
        {
            **{str(field): str(place) for field, place in found.columns.places.items()},
            "order": str(found.columns.order),
            "default_home": found.columns.home or "",
        }
    )


def _shown(found: Preview) -> list[Judged]:
    """Wrong rows first; of very long files not all."""
    wrong = [one for one in found.rows if one.verdict is Verdict.WRONG]
    told = [one for one in found.rows if one.verdict is not Verdict.WRONG and one.row.remarks]
    good = [one for one in found.rows if one.verdict is not Verdict.WRONG and not one.row.remarks]
    return [*wrong[:WRONG_SHOWN], *told[:WRONG_SHOWN], *good[:GOOD_SHOWN]]


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
