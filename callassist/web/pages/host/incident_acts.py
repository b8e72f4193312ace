"""What a host does with an incident: notes, false alarm, links, evidence, stopping calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.guest_reply import ReadBy
from callassist.domain.log_action import LogAction
from callassist.errors import CallAssistError, Conflict, InvalidInput
from callassist.escalation import ending
from callassist.escalation.replies import find_reply, mark_read, stop_by_reply
from callassist.models import Stay
from callassist.reports import afterwards, sharing
from callassist.reports.evidence import evidence, take_evidence
from callassist.stays.stops import allow_calls, stop_calls
from callassist.web.languages import language
from callassist.web.pages import asking
from callassist.web.pages.forms import Form
from callassist.web.pages.host.downloads import download
from callassist.web.pages.host.incidents import BY, page_of
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_Act = Callable[[Session, datetime], None]


def note(incident_id: str) -> ResponseReturnValue:
    """Write something down."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        afterwards.add_note(session, asking.host(), incident_id, form["note"], asking.now())
    return _after(incident_id, form, _("Your note is kept."), "notes")


def remove_note(incident_id: str, note_id: str) -> ResponseReturnValue:
    """Take a note away."""

    def run(session: Session, now: datetime) -> None:
        afterwards.remove_note(session, asking.host(), incident_id, note_id)

    return _done(incident_id, run, _("The note is gone."), "notes")


def reply(incident_id: str, reply_id: str, what: str) -> ResponseReturnValue:
    """The host read what the guest wrote, or takes it as a wish for no more messages."""

    def run(session: Session, now: datetime) -> None:
        incident = afterwards.own_incident(session, asking.host(), incident_id, write=True)
        found = find_reply(session, [incident.id], reply_id)
        act = stop_by_reply if what == "stop" else mark_read
        act(session, found.id, ReadBy.HOST, now)

    if what == "stop":
        return _done(incident_id, run, _("This number gets no automatic messages any more."))
    return _done(incident_id, run, _("Thank you, it is marked as read."))


def false_alarm(incident_id: str) -> ResponseReturnValue:
    """Say why it was none."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        kind, comment = form["kind"], form["comment"]
        afterwards.say_false_alarm(session, asking.host(), incident_id, kind, comment, asking.now())
    return _after(incident_id, form, _("Thank you, we noted it."), "false-alarm")


def stop(incident_id: str) -> ResponseReturnValue:
    """Nobody phones this guest any more; calls that run are cancelled."""

    def run(session: Session, now: datetime) -> None:
        incident = afterwards.own_incident(session, asking.host(), incident_id, write=True)
        stay = _stay_of(session, incident.stay_id)
        stop_calls(session, asking.host(), stay, now)
        data = {"stay_id": stay.id, "by": BY}
        incident_log.append(session, incident.id, LogAction.CALLS_STOPPED, data, now=now)
        if incident.closed_at is None:
            ending.cancel(session, incident.id, BY, now=now)

    told = _("This guest is not phoned any more; when it is loud we call you.")
    return _done(incident_id, run, told)


def allow(incident_id: str) -> ResponseReturnValue:
    """Take that back."""

    def run(session: Session, now: datetime) -> None:
        incident = afterwards.own_incident(session, asking.host(), incident_id, write=True)
        stay = _stay_of(session, incident.stay_id)
        allow_calls(session, asking.host(), stay)
        data = {"stay_id": stay.id, "by": BY}
        incident_log.append(session, incident.id, LogAction.CALLS_ALLOWED, data, now=now)

    return _done(incident_id, run, _("This guest is phoned again when it is loud."))


def share(incident_id: str) -> ResponseReturnValue:
    """Make a link; it is shown this once, so the page is the answer."""
    form = Form.of_request()
    with form.taking_errors(), asking.writing() as session:
        _link, token = sharing.share(
            session,
            asking.host(),
            incident_id,
            form.whole("days") or 0,
            form["label"],
            now=asking.now(),
        )
    if form.is_refused:
        return page_of(incident_id, form)
    public_url = asking.service().settings.service.public_url.rstrip("/")
    link = f"{public_url}{url_for('shared.report', token=token)}"
    return page_of(incident_id, Form(), new_link=link)


def revoke(incident_id: str, share_id: str) -> ResponseReturnValue:
    """End a link."""

    def run(session: Session, now: datetime) -> None:
        sharing.revoke(session, asking.host(), incident_id, share_id, now=now)

    return _done(incident_id, run, _("The link does not work any more."), "share")


def take(incident_id: str) -> ResponseReturnValue:
    """Everything that proves the incident, as one archive."""
    service, viewer, now = asking.service(), asking.host(), asking.now()
    try:
        with asking.writing() as session:
            report = take_evidence(session, service.vault, viewer, incident_id, now=now)
    except Conflict as error:
        return _refused(incident_id, error, "evidence")
    pdf = report.as_pdf(language())
    name = f"evidence-{report.copy.body['incident']['reference']}.zip"
    content = evidence(service.sessions, viewer, report, pdf, now=now)
    return download(content, "application/zip", name)


def _stay_of(session: Session, stay_id: int | None) -> Stay:
    stay = None if stay_id is None else session.get(Stay, stay_id)
    if stay is None:
        raise Conflict("no stay is known for this incident")
    return stays.find_stay(session, asking.host(), stay.public_id)


def _after(incident_id: str, form: Form, told: str, part: str) -> ResponseReturnValue:
    """Back to the incident, or to what was typed with what is wrong in it."""
    if form.is_refused:
        return page_of(incident_id, form)
    flash(told)
    return _back(incident_id, part)


def _done(incident_id: str, run: _Act, told: str, part: str = "") -> ResponseReturnValue:
    try:
        with asking.writing() as session:
            run(session, asking.now())
    except (InvalidInput, Conflict) as error:
        return _refused(incident_id, error, part)
    flash(told)
    return _back(incident_id, part)


def _refused(incident_id: str, error: CallAssistError, part: str) -> Response:
    flash(in_words(error), "refused")
    return _back(incident_id, part)


def _back(incident_id: str, part: str) -> Response:
    answer = redirect(url_for("host.incident", incident_id=incident_id, _anchor=part or None))
    assert isinstance(answer, Response)
    return answer
