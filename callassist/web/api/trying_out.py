"""`/properties/{id}/practice` and `/shadow`, `/stays/{id}/guest-link`: what hosts try and send."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from callassist.accounts.properties import find_property
from callassist.escalation.practice import begin_practice
from callassist.escalation.shadow import begin_shadow, end_shadow, would_have_called
from callassist.models import Property
from callassist.stays import find_stay, guest_link, renew_guest_link
from callassist.web.api.fields import Instant, Nothing, Output
from callassist.web.api.incident_view import IncidentOut, incident_out
from callassist.web.api.routing import HOSTS, Ask, Route

_BY = "host"
_LISTED = timedelta(days=30)


class WouldBeCall(Output):
    """A call that was not made."""

    incident: str
    at: Instant
    noise_began_at: Instant | None
    noise_ended_at: Instant | None


class ShadowOut(Output):
    """Shadow mode of a home."""

    shadow_since: Instant | None
    would_have_called: int = Field(
        description="Since shadow mode began; when it is off, in the last 30 days."
    )
    calls: list[WouldBeCall] = Field(description="The newest 50 of them.")


class GuestLinkOut(Output):
    """The address of a guest's page; whoever has it is believed to be the guest."""

    url: str
    closes_at: Instant


def practise(ask: Ask, property_id: str, body: Nothing) -> IncidentOut:
    """Fake numbers on the simulated network; every message says [PRACTICE]."""
    home = find_property(ask.session, ask.viewer, property_id)
    ask.viewer.require_write(home.account_id)
    begun = begin_practice(ask.session, ask.service.escalation, home, now=ask.now)
    return incident_out(ask, begun)


def shadow(ask: Ask, property_id: str) -> ShadowOut:
    return _shadow(ask, find_property(ask.session, ask.viewer, property_id))


def begin(ask: Ask, property_id: str, body: Nothing) -> ShadowOut:
    """Calls that run for this home are cancelled, and it counts as not covered."""
    home = begin_shadow(ask.session, ask.viewer, property_id, _BY, now=ask.now)
    return _shadow(ask, home)


def end(ask: Ask, property_id: str) -> None:
    end_shadow(ask.session, ask.viewer, property_id, now=ask.now)


def link(ask: Ask, stay_id: str, body: Nothing) -> GuestLinkOut:
    """The same one until it is made anew or the stay is over."""
    vault = ask.service.vault
    return _link(ask, stay_id, guest_link(ask.session, vault, ask.viewer, stay_id, now=ask.now))


def renew(ask: Ask, stay_id: str, body: Nothing) -> GuestLinkOut:
    """The link before opens nothing any more."""
    vault = ask.service.vault
    token = renew_guest_link(ask.session, vault, ask.viewer, stay_id, now=ask.now)
    return _link(ask, stay_id, token)


def _shadow(ask: Ask, home: Property) -> ShadowOut:
    since = home.shadow_since or ask.now - _LISTED
    count, calls = would_have_called(ask.session, ask.viewer, home, since)
    return ShadowOut(
        shadow_since=home.shadow_since,
        would_have_called=count,
        calls=[
            WouldBeCall(
                incident=each.incident_id,
                at=each.at,
                noise_began_at=each.began_at,
                noise_ended_at=each.ended_at,
            )
            for each in calls
        ],
    )


def _link(ask: Ask, stay_id: str, token: str) -> GuestLinkOut:
    base = ask.service.settings.service.public_url.rstrip("/")
    stay = find_stay(ask.session, ask.viewer, stay_id)
    return GuestLinkOut(url=f"{base}/g/{token}", closes_at=stay.check_out_at)


ROUTES = (
    Route(
        method="POST",
        path="/properties/{property_id}/practice",
        summary="Rehearse the whole escalation in two minutes",
        scopes=HOSTS,
        run=practise,
        body=Nothing,
        answer=IncidentOut,
        status=201,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/properties/{property_id}/shadow",
        summary="Shadow mode, and the calls that we would have made",
        scopes=HOSTS,
        run=shadow,
        answer=ShadowOut,
    ),
    Route(
        method="POST",
        path="/properties/{property_id}/shadow",
        summary="Begin shadow mode: nothing leaves the house",
        scopes=HOSTS,
        run=begin,
        body=Nothing,
        answer=ShadowOut,
        conflicts=True,
    ),
    Route(
        method="DELETE",
        path="/properties/{property_id}/shadow",
        summary="End shadow mode: calls are made again",
        scopes=HOSTS,
        run=end,
        conflicts=True,
    ),
    Route(
        method="POST",
        path="/stays/{stay_id}/guest-link",
        summary="The link of the guest's page",
        scopes=HOSTS,
        run=link,
        body=Nothing,
        answer=GuestLinkOut,
        conflicts=True,
    ),
    Route(
        method="POST",
        path="/stays/{stay_id}/guest-link/renew",
        summary="A new link; the old one ends",
        scopes=HOSTS,
        run=renew,
        body=Nothing,
        answer=GuestLinkOut,
        conflicts=True,
    ),
)
