"""Browsers that can be rung: each says so while it is registered with a network and alive.

A page that is left takes its line along, and the next one has another; so each line has a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.dial import DialMode
from callassist.errors import InvalidInput
from callassist.escalation.context import Escalation
from callassist.models import Incident, Operator, Presence

PICKS_UP = ""  # no browser is there, and the network is not real: it picks up for the desk
_NAME = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A browser that says that it is there."""

    name: str
    network: str


def line_named(name: str, network: str) -> Line | None:
    """What a browser says of itself, None for nothing; InvalidInput for what is no name."""
    if not name:
        return None
    if not _NAME.fullmatch(name):
        raise InvalidInput("expected 8 to 64 letters, digits and -", "line")
    return Line(name=name, network=network[:64])


def line_is_there(presence: Presence, line: Line, now: datetime) -> None:
    """Note that this browser can be rung; of several the last that said so."""
    presence.line, presence.line_network, presence.line_at = line.name, line.network, now


def line_is_gone(session: Session, operator_id: int, name: str) -> None:
    """A page is left; a line that has taken its place stays."""
    presence = session.get(Presence, operator_id)
    if presence is not None and presence.line == name:
        presence.line = presence.line_network = presence.line_at = None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How an operator is rung: at the browser `line`, else at their own phone (None)."""

    line: str | None


def reach(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    operator: Operator,
    now: datetime,
    *,
    over: str = "",
) -> Reach | None:
    """How this operator can be rung about an incident; None when not at all.

    Who calls from the browser is rung there while it is alive, else on the phone that they gave.
    `over`: the network on which the call came in, where that is known.
    """
    mode = ctx.mode_of(incident, operator)
    if mode is DialMode.OPERATOR:
        return None
    if mode is not DialMode.OWN_PHONE:
        network = over or ctx.network_of(incident).name
        line = _line_of(session, ctx, network, operator, now)
        if line is not None:
            return Reach(line=line)
        if mode is DialMode.SERVER:
            return Reach(line=PICKS_UP)
    return Reach(line=None) if operator.phone is not None else None


def _line_of(
    session: Session, ctx: Escalation, network: str, operator: Operator, now: datetime
) -> str | None:
    presence = session.get(Presence, operator.id)
    if presence is None or presence.line_at is None or presence.line_network != network:
        return None
    if presence.line_at + ctx.real(ctx.settings.presence_lost_after) <= now:
        return None
    return presence.line
