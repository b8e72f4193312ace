"""Links under which somebody without an account reads a report, until they expire."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Incident, Report, ReportShare
from callassist.reports.afterwards import no_report_yet, own_incident
from callassist.reports.document import Copy, Names
from callassist.reports.reading import ReadableReport, newest
from callassist.storage.vault import Vault

DAYS = (1, 7, 30, 90)
MOST_LINKS = 20  # in force at once
_NOT_TOLD = "–"
_PERSONAL = frozenset({"number", "mask"})  # of telephone numbers; counts are no text


def share(
    session: Session, viewer: Viewer, incident_id: str, days: int, label: str, *, now: datetime
) -> tuple[ReportShare, str]:
    """A link's row and its token, which is shown once: only its hash is kept.

    NotFound outside the viewer's accounts, Conflict while the incident has no report yet.
    """
    incident = own_incident(session, viewer, incident_id, write=True)
    report = _report_of(session, incident)
    if report is None:
        raise no_report_yet()
    if days not in DAYS:
        raise InvalidInput("choose how long the link shall work", "days")
    if len(label.strip()) > 200:
        raise InvalidInput("at most 200 characters", "label")
    if len([one for one in _links(session, report) if is_in_force(one, now)]) >= MOST_LINKS:
        raise Conflict("this report has 20 links in force; end one of them first")
    token = secrets.token_urlsafe(32)
    link = ReportShare(
        report_id=report.id,
        account_id=report.account_id,
        token_hash=_hash(token),
        label=label.replace("\x00", "").strip(),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    data = {"share_id": link.public_id, "until": link.expires_at}
    incident_log.append(session, incident.id, LogAction.REPORT_SHARED, data, now=now)
    return link, token


def shares(session: Session, viewer: Viewer, incident_id: str) -> Sequence[ReportShare]:
    """Every link to the report of an incident of the viewer's, newest first."""
    report = _report_of(session, own_incident(session, viewer, incident_id, write=False))
    return [] if report is None else list(reversed(_links(session, report)))


def revoke(
    session: Session, viewer: Viewer, incident_id: str, share_id: str, *, now: datetime
) -> ReportShare:
    """End a link at once; asking twice is fine."""
    incident = own_incident(session, viewer, incident_id, write=False)
    link = session.scalars(
        select(ReportShare)
        .join(Report, Report.id == ReportShare.report_id)
        .where(Report.incident_id == incident.id, ReportShare.public_id == share_id)
    ).first()
    if link is None:
        raise NotFound("no such link")
    viewer.require_write(link.account_id)
    if link.revoked_at is None:
        link.revoked_at = now
        session.flush()
        data = {"share_id": link.public_id}
        incident_log.append(session, incident.id, LogAction.SHARE_REVOKED, data, now=now)
    return link


def is_in_force(link: ReportShare, now: datetime) -> bool:
    """Whether it opens anything."""
    return link.revoked_at is None and link.expires_at > now


def open_shared(session: Session, vault: Vault, token: str, now: datetime) -> ReadableReport:
    """The report behind a token, without anything that is personal; NotFound says nothing more.

    The guest has no name in it, no number is shown even masked, nor any address of the host.
    """
    opened = session.execute(
        update(ReportShare)
        .where(
            ReportShare.token_hash == _hash(token),
            ReportShare.revoked_at.is_(None),
            ReportShare.expires_at > now,
        )
        .values(opened=ReportShare.opened + 1, last_opened_at=now)
        .returning(ReportShare.report_id)
        .execution_options(synchronize_session=False)
    ).first()
    if opened is None:
        raise NotFound("no such link")
    readable = newest(session, vault, session.get_one(Report, opened.report_id))
    return replace(readable, copy=for_strangers(readable.copy))


def for_strangers(copy: Copy) -> Copy:
    """The copy without names of guests, numbers, addresses and notes."""
    body = {**_stripped(copy.body), "messages": []}
    names = Names(home=copy.names.home, guest=None, operators=copy.names.operators, notes={})
    return replace(copy, body=body, names=names)


def _stripped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _NOT_TOLD if name in _PERSONAL and isinstance(own, str) else _stripped(own)
            for name, own in value.items()
        }
    return [_stripped(one) for one in value] if isinstance(value, list) else value


def _report_of(session: Session, incident: Incident) -> Report | None:
    return session.scalars(select(Report).where(Report.incident_id == incident.id)).first()


def _links(session: Session, report: Report) -> list[ReportShare]:
    query = select(ReportShare).where(ReportShare.report_id == report.id).order_by(ReportShare.id)
    return list(session.scalars(query))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
