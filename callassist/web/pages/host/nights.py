"""Addresses of the pages about nights: stays, incidents, reports, duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import request, url_for
from flask.typing import ResponseReturnValue

from callassist.models import Account, Property
from callassist.web.guest_replies import ShownReply
from callassist.web.pages import refusals
from callassist.web.pages.host import (
    arrivals,
    duty,
    figures,
    incident_acts,
    incidents,
    phone_check,
    recordings,
    reports,
    stay_calendar,
    stay_days,
    stay_files,
    stay_form,
    stays,
    system_words,
)
from callassist.web.pages.people import delivery_words

_FORM = ["GET", "POST"]
_DO = ["POST"]
_SEE = ["GET"]
_STAY = "/homes/<home_id>/stays/<stay_id>"
_FILE = "/stays/import/<file_id>"
_INCIDENT = "/incidents/<incident_id>"

Routes = tuple[tuple[str, str, Callable[..., ResponseReturnValue], list[str]], ...]

ROUTES: Routes = (
    ("/stays", "stays", stays.index, _SEE),
    ("/stays.csv", "stays_csv", stay_files.export, _SEE),
    ("/stays/arrivals", "arrivals", arrivals.show, _FORM),
    ("/stays/calendar", "stay_calendar", stay_calendar.show, _SEE),
    ("/stays/import", "import_stays", stay_files.send, _FORM),
    ("/stays/import/template.csv", "stays_template", stay_files.template, _SEE),
    (_FILE, "import_preview", stay_files.look, _FORM),
    (f"{_FILE}/store", "store_import", stay_files.store, _DO),
    (f"{_FILE}/drop", "drop_import", stay_files.drop, _DO),
    ("/numbers/check", "check_number", phone_check.check, _DO),
    ("/homes/<home_id>/stays/new", "new_stay", stay_form.new, _FORM),
    (_STAY, "stay", stay_form.edit, _FORM),
    (f"{_STAY}/cancel", "cancel_stay", stays.cancel, _DO),
    (f"{_STAY}/stop-calls", "stop_stay", stays.stop, _DO),
    (f"{_STAY}/allow-calls", "allow_stay", stays.allow, _DO),
    (f"{_STAY}/numbers/<int:position>/unflag", "unflag_number", stays.unflag, _DO),
    (f"{_STAY}/consents/<consent_id>/withdraw", "withdraw_consent", stays.withdraw, _DO),
    ("/incidents", "incidents", incidents.index, _SEE),
    ("/incidents.csv", "incidents_csv", incidents.as_csv, _SEE),
    (_INCIDENT, "incident", incidents.show, _SEE),
    (f"{_INCIDENT}/live", "incident_live", incidents.fragment, _SEE),
    (f"{_INCIDENT}/take-over", "take_over", incidents.take_over, _DO),
    (f"{_INCIDENT}/cancel", "cancel", incidents.cancel, _DO),
    (f"{_INCIDENT}/stop-calls", "stop_calls", incident_acts.stop, _DO),
    (f"{_INCIDENT}/allow-calls", "allow_calls", incident_acts.allow, _DO),
    (f"{_INCIDENT}/notes", "note", incident_acts.note, _DO),
    (f"{_INCIDENT}/notes/<note_id>/remove", "remove_note", incident_acts.remove_note, _DO),
    (f"{_INCIDENT}/replies/<reply_id>/<any(read, stop):what>", "reply", incident_acts.reply, _DO),
    (f"{_INCIDENT}/false-alarm", "false_alarm", incident_acts.false_alarm, _DO),
    (f"{_INCIDENT}/evidence", "evidence", incident_acts.take, _DO),
    (f"{_INCIDENT}/share", "share", incident_acts.share, _DO),
    (f"{_INCIDENT}/shares/<share_id>/revoke", "revoke_share", incident_acts.revoke, _DO),
    ("/recordings/<recording_id>/listen", "listen", recordings.listen, _DO),
    ("/recordings/<recording_id>/delete", "delete_recording", recordings.delete, _DO),
    ("/reports", "figures", figures.show, _SEE),
    ("/reports.csv", "figures_csv", figures.as_csv, _SEE),
    ("/reports.pdf", "figures_pdf", figures.as_pdf, _SEE),
    ("/reports/by-mail", "add_digest", figures.add, _DO),
    ("/reports/by-mail/<digest_id>", "change_digest", figures.change, _DO),
    ("/reports/by-mail/<digest_id>/remove", "remove_digest", figures.remove, _DO),
    ("/reports/<report_id>", "report", reports.page, _SEE),
    ("/reports/<report_id>.json", "report_json", reports.as_json, _SEE),
    ("/reports/<report_id>.pdf", "report_pdf", reports.as_pdf, _SEE),
    ("/duty", "duty", duty.show, _SEE),
    ("/duty", "add_duty", duty.add, _DO),
    ("/duty/calendar", "duty_feed", duty.feed, _DO),
    ("/duty/calendar/end", "end_duty_feed", duty.no_feed, _DO),
    ("/duty/<span_id>/remove", "remove_duty", duty.remove, _DO),
)

# Files are sent here, which may be larger than a form; read before anybody asks who it is from.
LARGE = frozenset({"host.import_stays", "host.import_homes"})


def words_for_pages() -> dict[str, Callable[..., object]]:
    """What the templates of these pages say things with."""
    return {
        **system_words.words_for_systems(),
        "source_words": stay_form.source_words,
        "day_words": stay_days.day_words,
        "short_day": _short_day,
        "sentence": refusals.sentence,
        "why_not_told": delivery_words.reason,
        "rules_url": _rules_url,
        "account_choices": _choices,
        "account_links": _account_links,
        "reply_url": _reply_url,
    }


def _short_day(at: datetime, zone: ZoneInfo) -> str:
    return stay_days.short_day(at.astimezone(zone).date())


def _rules_url(home: Property) -> str:
    """Where the limit of a home is changed, and tried on the nights before."""
    return url_for("host.home_rules", home_id=home.public_id)


def _reply_url(reply: ShownReply, what: str) -> str:
    """Of the incident that the page is about."""
    here = (request.view_args or {})["incident_id"]
    return url_for("host.reply", incident_id=here, reply_id=reply.id, what=what)


def _choices(rows: Iterable[Account | Property]) -> list[tuple[str, str]]:
    return [(row.public_id, row.name) for row in rows]


def _account_links(rows: Iterable[Account], chosen: str) -> list[tuple[str, str, bool]]:
    return [
        (url_for("host.duty", account=row.public_id), row.name, row.public_id == chosen)
        for row in rows
    ]
