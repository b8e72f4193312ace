"""As whom somebody works at the desk, and the pieces that every page of it has."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, session
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.presence import PresenceState
from callassist.escalation import browser_lines
from callassist.escalation import presence as presences
from callassist.escalation.browser_lines import Line
from callassist.escalation.giving_back import Reason
from callassist.models import Operator, Presence
from callassist.roster.desks import desk_zone
from callassist.web.pages import asking
from callassist.web.pages.desk.keys import SHORTCUTS
from callassist.web.pages.desk.queries import desk_screen, operator_of
from callassist.web.translate import gettext as _

_ME = "operator at the desk"  # in the database session
_AS = "operator"  # as whom somebody with several desks works, in the session


def work_as(public_id: str) -> None:
    """Remember at which of their desks somebody works now."""
    session[_AS] = public_id


def working_as() -> str | None:
    """As whom somebody with several desks said that they work."""
    return session.get(_AS)


def me(database: Session) -> Operator:
    """The operator that the viewer is now; asked for once per session."""
    found = database.info.get(_ME)
    if not isinstance(found, Operator):
        found = database.info[_ME] = operator_of(database, asking.viewer(), working_as())
    return found


def beat(now: datetime, line: Line | None = None) -> None:
    """Looking at the desk is a sign of life."""
    ctx = asking.service().escalation
    with asking.reading() as database:
        operator_id = me(database).id
        if not presences.is_beat_due(database, ctx, operator_id, now, line=line):
            return
    with asking.writing() as database:
        presences.beat(database, ctx, operator_id, now, line=line)


def line_is_gone(name: str) -> None:
    """A page is left that could be rung."""
    with asking.writing() as database:
        browser_lines.line_is_gone(database, me(database).id, name)


def surroundings(database: Session, now: datetime) -> dict[str, Any]:
    """What the templates of all pages of the desk need."""
    service = asking.service()
    screen = desk_screen(database, service, asking.viewer(), working_as(), now)
    return {
        "screen": screen,
        "likes": roster.preferences(database, me(database).id),
        "shortcuts": SHORTCUTS,
        "reasons": reasons(),
        "here_task": here_task(),
    }


def here_task() -> str | None:
    """The call whose page this is, or is a part of."""
    return (request.view_args or {}).get("task_id") or request.args.get("task")


def reasons() -> tuple[tuple[str, str], ...]:
    """Why a call is given away, in words."""
    return (
        (Reason.LANGUAGE, _("Not my language")),
        (Reason.KNOWS_THEM, _("I know these people")),
        (Reason.EQUIPMENT, _("My phone or screen does not work")),
        (Reason.CALLED_AWAY, _("I have to leave for a moment")),
        (Reason.OTHER, _("Another reason")),
    )


def back_to_work(database: Session, operator: Operator, now: datetime) -> None:
    """A page with a form does not refresh itself, so its operator may have counted as gone."""
    state = database.get(Presence, operator.id)
    if state is not None and state.state == PresenceState.OFFLINE:
        ctx = asking.service().escalation
        presences.choose(database, ctx, operator.id, PresenceState.AVAILABLE, now)


def zone(database: Session) -> ZoneInfo:
    """The operator's own zone, else the desk's, as on its roster."""
    who = asking.person()
    if who is not None and who.person.timezone:
        return ZoneInfo(who.person.timezone)
    return desk_zone(database, me(database).desk)
