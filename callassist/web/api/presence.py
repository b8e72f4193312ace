"""`/presence`: what an operator does now; sending it again is the heartbeat."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from callassist.accounts.desks import find_desk
from callassist.domain.presence import PresenceState
from callassist.escalation import presence
from callassist.models import Operator, Presence
from callassist.web.api.fields import Input, Instant, Output, Page, Paging
from callassist.web.api.paging import page_of
from callassist.web.api.routing import CHIEFS, OPERATORS, Ask, Route


class PresenceChoice(Input):
    """What you want to do. While you have a task, `available` is a heartbeat only."""

    state: Literal["available", "break", "offline"]


class PresenceOut(Output):
    """What one operator does now."""

    operator: str
    desk_name: str
    languages: list[str]
    state: str
    since: Instant | None
    heartbeat_at: Instant | None
    missed_offers: int


def show(ask: Ask) -> PresenceOut:
    operator = ask.session.get_one(Operator, ask.operator_id)
    return _out(operator, ask.session.get(Presence, operator.id))


def choose(ask: Ask, body: PresenceChoice) -> PresenceOut:
    state = presence.choose(
        ask.session, ask.service.escalation, ask.operator_id, body.state, ask.now
    )
    return _out(ask.session.get_one(Operator, ask.operator_id), state)


def desk_presence(ask: Ask, desk_id: str, query: Paging) -> Page[PresenceOut]:
    """Everybody of a desk that you supervise, or that is your account's own."""
    desk = find_desk(ask.session, ask.viewer, desk_id)
    ask.viewer.require_run_desk(desk.id, desk.account_id)
    mine = select(Operator).where(Operator.desk_id == desk.id, Operator.active.is_(True))
    operators, following = page_of(ask.session, ask.service.vault, mine, Operator.id, query)
    ids = [operator.id for operator in operators]
    states = {
        row.operator_id: row
        for row in ask.session.scalars(select(Presence).where(Presence.operator_id.in_(ids)))
    }
    return Page(
        items=[_out(operator, states.get(operator.id)) for operator in operators],
        next_cursor=following,
    )


def _out(operator: Operator, state: Presence | None) -> PresenceOut:
    return PresenceOut(
        operator=operator.public_id,
        desk_name=operator.desk_name,
        languages=list(operator.languages),
        state=str(PresenceState.OFFLINE) if state is None else state.state,
        since=None if state is None else state.since,
        heartbeat_at=None if state is None else state.heartbeat_at,
        missed_offers=0 if state is None else state.misses,
    )


ROUTES = (
    Route(
        method="GET",
        path="/presence",
        summary="What you do now",
        scopes=OPERATORS,
        run=show,
        answer=PresenceOut,
    ),
    Route(
        method="POST",
        path="/presence",
        summary="Go available, on a break or offline; sent again it is your heartbeat",
        scopes=OPERATORS,
        run=choose,
        body=PresenceChoice,
        answer=PresenceOut,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/desks/{desk_id}/presence",
        summary="What everybody at a desk does now",
        scopes=CHIEFS,
        run=desk_presence,
        query=Paging,
        answer=Page[PresenceOut],
    ),
)
