"""The supervisor's pages: live board, wallboard, shifts, scripts. Others do not find them."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from callassist.web.pages import asking
from callassist.web.pages.board import crew, live, replies, scripts, shifts, swaps, wall
from callassist.web.pages.board.desks import runs_any

_FORM = ["GET", "POST"]
_DO = ["POST"]


def blueprint() -> Blueprint:
    """What supervisors see and do."""
    pages = Blueprint("board", __name__)
    pages.before_request(_chiefs_only)
    for path, name, view, methods in (
        ("/board", "index", live.index, ["GET"]),
        ("/board/now", "now_fragment", live.fragment, ["GET"]),
        ("/board/tasks/<task_id>", "step_in", live.step_in, _FORM),
        ("/board/operators", "crew", crew.show, ["GET"]),
        ("/board/operators/invite", "invite_operator", crew.invite, _DO),
        ("/board/operators/me", "take_part", crew.take_part, _DO),
        ("/board/operators/<operator_id>/work", "change_operator", crew.change, _DO),
        ("/board/operators/<operator_id>", "set_status", live.set_status, _FORM),
        ("/board/wall", "wall", wall.show, ["GET"]),
        ("/board/wall/now", "wall_fragment", wall.fragment, ["GET"]),
        ("/board/replies/<reply_id>/<any(read, stop):what>", "reply", replies.reply, _DO),
        ("/board/links", "make_link", wall.make_link, _DO),
        ("/board/links/<link_id>/revoke", "revoke_link", wall.revoke_link, _DO),
        ("/board/shifts", "shifts", shifts.week, ["GET"]),
        ("/board/shifts/new", "new_shift", shifts.new, _DO),
        ("/board/shifts/copy", "copy_week", shifts.copy_week, _DO),
        ("/board/swaps", "swaps_fragment", swaps.fragment, ["GET"]),
        ("/board/swaps/<swap_id>/confirm", "confirm_swap", swaps.confirm, _DO),
        ("/board/swaps/<swap_id>/refuse", "refuse_swap", swaps.refuse, _DO),
        ("/board/shifts/<shift_id>", "shift", shifts.edit, _FORM),
        ("/board/shifts/<shift_id>/remove", "remove_shift", shifts.remove, _DO),
        ("/board/scripts", "scripts", scripts.index, ["GET"]),
        ("/board/scripts/<language>/edit", "edit_script", scripts.edit, _FORM),
        ("/board/scripts/versions/<version_id>/publish", "publish", scripts.publish, _DO),
        ("/board/scripts/<language>/retire", "retire_script", scripts.retire, _DO),
    ):
        pages.add_url_rule(path, name, view, methods=methods)
    return pages


def open_blueprint() -> Blueprint:
    """What is reached by a secret address, without signing in."""
    pages = Blueprint("board_links", __name__)
    pages.add_url_rule("/wall/<token>", "wall", wall.by_link)
    pages.add_url_rule("/wall/<token>/now", "wall_fragment", wall.fragment_by_link)
    pages.add_url_rule("/calendars/shifts/<token>.ics", "calendar", shifts.calendar)
    return pages


def _chiefs_only() -> ResponseReturnValue | None:
    answer = asking.sign_in_first()
    if answer is None and not runs_any():
        abort(404)
    return answer
