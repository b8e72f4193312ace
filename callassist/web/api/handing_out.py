"""`/incidents/{id}/share-links` and `/evidence`: an incident's report for people outside."""

from __future__ import annotations

from typing import Annotated, Any

from flask import url_for
from pydantic import AfterValidator, Field, WithJsonSchema

from callassist.models import ReportShare
from callassist.reports import sharing
from callassist.reports.evidence import evidence, take_evidence
from callassist.web.api.fields import Input, Instant, Line, Output, Page
from callassist.web.api.reports import ReportLanguage
from callassist.web.api.routing import ACCOUNTS, Ask, File, Route


def _offered(days: int) -> int:
    if days not in sharing.DAYS:
        raise ValueError(f"use one of {', '.join(map(str, sharing.DAYS))}")
    return days


class NewShareLink(Input):
    """Whoever has the link can read the report until it expires."""

    days: Annotated[
        int,
        AfterValidator(_offered),
        WithJsonSchema({"type": "integer", "enum": list(sharing.DAYS)}),
    ]
    label: Line = Field(default="", description="For whom, in your words.")


class ShareLinkOut(Output):
    """One link; its address is known to who has it only."""

    id: str
    label: str
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None
    opened: int
    last_opened_at: Instant | None


class IssuedShareLink(ShareLinkOut):
    """A new link with its address, shown this once. The guest has no name in what it opens."""

    url: str


class EvidenceOrder(Input):
    """The report's language in the archive, the account's when left out."""

    language: ReportLanguage | None = None


def index(ask: Ask, incident_id: str) -> Page[ShareLinkOut]:
    """Newest first, also those that are over; at most 20 are in force at once."""
    links = sharing.shares(ask.session, ask.viewer, incident_id)
    return Page(items=[ShareLinkOut(**_own(link)) for link in links])


def share(ask: Ask, incident_id: str, body: NewShareLink) -> IssuedShareLink:
    link, token = sharing.share(
        ask.session, ask.viewer, incident_id, body.days, body.label, now=ask.now
    )
    public_url = ask.service.settings.service.public_url.rstrip("/")
    return IssuedShareLink(**_own(link), url=public_url + url_for("shared.report", token=token))


def revoke(ask: Ask, incident_id: str, share_link_id: str) -> None:
    sharing.revoke(ask.session, ask.viewer, incident_id, share_link_id, now=ask.now)


def take(ask: Ask, incident_id: str, body: EvidenceOrder) -> File:
    """One ZIP: report, every reading, the sealed log and a program that checks them.

    That it was taken is written into the incident's log.
    """
    service, viewer, now = ask.service, ask.viewer, ask.now
    report = take_evidence(ask.session, service.vault, viewer, incident_id, now=now)
    return File(
        lambda: evidence(service.sessions, viewer, report, report.as_pdf(body.language), now=now),
        "application/zip",
    )


def _own(link: ReportShare) -> dict[str, Any]:
    return {
        "id": link.public_id,
        "label": link.label,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "opened": link.opened,
        "last_opened_at": link.last_opened_at,
    }


ROUTES = (
    Route(
        method="GET",
        path="/incidents/{incident_id}/share-links",
        summary="Links to the report of an incident, newest first",
        scopes=ACCOUNTS,
        run=index,
        answer=Page[ShareLinkOut],
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/share-links",
        summary="Make a link to the report; its address is shown once",
        scopes=ACCOUNTS,
        run=share,
        body=NewShareLink,
        answer=IssuedShareLink,
        status=201,
        conflicts=True,
    ),
    Route(
        method="DELETE",
        path="/incidents/{incident_id}/share-links/{share_link_id}",
        summary="End a link at once",
        scopes=ACCOUNTS,
        run=revoke,
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/evidence",
        summary="Take the evidence of an incident as a ZIP",
        scopes=ACCOUNTS,
        run=take,
        body=EvidenceOrder,
        answer="application/zip",
        conflicts=True,
    ),
)
