"""`/incidents/{id}/replies`: what the guest wrote about an incident, and who read it."""

from __future__ import annotations

from callassist.domain.guest_reply import ReadBy
from callassist.escalation.replies import find_reply, mark_read, stop_by_reply
from callassist.models import Incident
from callassist.reports import afterwards
from callassist.web.api.fields import Instant, Output
from callassist.web.api.routing import ACCOUNTS, Ask, Route
from callassist.web.guest_replies import ShownReply, replies_of


class ReplyOut(Output):
    """One text of the guest, as written. `read_by`: host, operator or supervisor."""

    id: str
    words: str
    received_at: Instant
    may_mean_stop: bool
    read_at: Instant | None
    read_by: str | None
    taken_as_a_stop: bool


class RepliesOut(Output):
    """All of them, oldest first."""

    items: list[ReplyOut]


def index(ask: Ask, incident_id: str) -> RepliesOut:
    incident = afterwards.own_incident(ask.session, ask.viewer, incident_id, write=False)
    return RepliesOut(items=[_out(one) for one in _shown(ask, incident)])


def read(ask: Ask, incident_id: str, reply_id: str) -> ReplyOut:
    return _act(ask, incident_id, reply_id, is_stop=False)


def stop(ask: Ask, incident_id: str, reply_id: str) -> ReplyOut:
    return _act(ask, incident_id, reply_id, is_stop=True)


def _act(ask: Ask, incident_id: str, reply_id: str, *, is_stop: bool) -> ReplyOut:
    incident = afterwards.own_incident(ask.session, ask.viewer, incident_id, write=True)
    found = find_reply(ask.session, [incident.id], reply_id)
    act = stop_by_reply if is_stop else mark_read
    act(ask.session, found.id, ReadBy.HOST, ask.now)
    return next(_out(one) for one in _shown(ask, incident) if one.id == reply_id)


def _shown(ask: Ask, incident: Incident) -> tuple[ShownReply, ...]:
    return replies_of(ask.session, ask.service, [incident.id], at_a_desk=False)


def _out(reply: ShownReply) -> ReplyOut:
    return ReplyOut(
        id=reply.id,
        words=reply.words,
        received_at=reply.at,
        may_mean_stop=reply.may_mean_stop,
        read_at=reply.read_at,
        read_by=str(reply.read_by) if reply.read_by else None,
        taken_as_a_stop=reply.is_stopped,
    )


ROUTES = (
    Route(
        method="GET",
        path="/incidents/{incident_id}/replies",
        summary="What the guest wrote about an incident, oldest first",
        scopes=ACCOUNTS,
        run=index,
        answer=RepliesOut,
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/replies/{reply_id}/read",
        summary="Say that a reply was read",
        scopes=ACCOUNTS,
        run=read,
        answer=ReplyOut,
    ),
    Route(
        method="POST",
        path="/incidents/{incident_id}/replies/{reply_id}/stop",
        summary="Take a reply as a wish for no more automatic messages",
        scopes=ACCOUNTS,
        run=stop,
        answer=ReplyOut,
    ),
)
