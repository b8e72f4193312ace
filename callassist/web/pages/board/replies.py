"""The supervisor says that what a guest wrote was read, or that it asks for no more messages."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callassist.domain.guest_reply import ReadBy
from callassist.errors import NotFound
from callassist.escalation.replies import mark_read, stop_by_reply
from callassist.models import Desk, GuestReply
from callassist.web.pages import asking
from callassist.web.pages.board.desks import runs
from callassist.web.translate import gettext as _


def reply(reply_id: str, what: str) -> ResponseReturnValue:
    """For the supervisors of the desk that dealt with it."""
    now = asking.now()
    with asking.writing() as database:
        query = (
            select(GuestReply)
            .join(Desk, Desk.id == GuestReply.desk_id)
            .where(
                runs(asking.viewer()),
                GuestReply.public_id == reply_id,
                GuestReply.words.is_not(None),
            )
        )
        found = database.scalars(query).first()
        if found is None:
            raise NotFound("there is no such reply")
        act = stop_by_reply if what == "stop" else mark_read
        act(database, found.id, ReadBy.SUPERVISOR, now)
    if what == "stop":
        flash(_("Noted: this number gets no automatic messages any more."))
    return redirect(url_for("board.index", _anchor="guests-wrote"))
