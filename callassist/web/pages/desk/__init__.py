"""The operator's desk: the queue, one call at a time. For everybody else it does not exist."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import RouteCallable

from callassist.bootstrap import Service
from callassist.web.pages.asking import operators_only
from callassist.web.pages.desk import (
    breaks,
    moves,
    phone,
    practice,
    replies,
    ringing,
    shifts,
    swaps,
    views,
)
from callassist.web.pages.desk.parts import Parts

_PAGES: tuple[tuple[str, str, RouteCallable], ...] = (
    ("", "queue", views.queue),
    ("/tasks/<task_id>", "task", views.task),
    ("/tasks/<task_id>/call", "call_fragment", views.call_fragment),
    ("/tasks/<task_id>/outcomes", "outcomes_fragment", views.outcomes_fragment),
    ("/start", "start", shifts.start),
    ("/shift", "shift", shifts.shift),
    ("/break", "break_fragment", breaks.fragment),
    ("/ring", "ring_fragment", ringing.fragment),
    ("/shift/roster", "roster_fragment", swaps.roster_fragment),
    ("/end", "end", shifts.end),
    ("/practice", "practice", practice.begin),
    ("/practice/<step>", "practice_step", practice.step),
)
_SENT: tuple[tuple[str, str, RouteCallable], ...] = (
    ("/presence", "presence", views.presence),
    ("/beat", "beat", views.beat),
    ("/phone", "phone", phone.choose),
    ("/softphone", "softphone", phone.grant),
    ("/ring/<call_id>/<any(answer, decline):what>", "decide_ring", ringing.decide),
    ("/preferences", "preferences", shifts.preferences),
    ("/end", "end_shift", shifts.end),
    ("/shift/calendar", "renew_calendar", swaps.renew_calendar),
    ("/shift/calendar/end", "end_calendar", swaps.end_calendar),
    ("/shift/<task_id>/note", "correct_note", shifts.correct_note),
    ("/practice/<step>", "practice_answer", practice.answer),
    ("/tasks/<task_id>/replies/<reply_id>/<any(read, stop):what>", "reply", replies.reply),
    ("/swaps/<swap_id>/agree", "agree_swap", swaps.agree),
    ("/swaps/<swap_id>/decline", "decline_swap", swaps.decline),
    ("/swaps/<swap_id>/withdraw", "withdraw_swap", swaps.withdraw),
)
_MOVES: tuple[tuple[str, RouteCallable], ...] = (
    ("accept", moves.accept),
    ("decline", moves.decline),
    ("dial", moves.dial),
    ("hang-up", moves.hang_up),
    ("ended", moves.ended),
    ("extend", moves.extend),
    ("release", moves.release),
    ("hand-over", moves.hand_over),
    ("note", moves.note),
    ("result", moves.save_result),
)


def blueprint(service: Service) -> Blueprint:
    """Every page and button of the desk."""
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.before_request(operators_only)
    pages.context_processor(breaks.for_templates)
    pages.context_processor(phone.for_templates)
    pages.context_processor(ringing.for_templates)
    pages.after_request(phone.allow_line)
    pages.add_url_rule("/parts", "parts", Parts(service).view)
    pages.add_url_rule("/swaps/of/<shift_id>", "ask_swap", swaps.ask, methods=["GET", "POST"])
    for path, name, view in _PAGES:
        pages.add_url_rule(path, name, view)
    for path, name, view in _SENT:
        pages.add_url_rule(path, name, view, methods=["POST"])
    for name, move in _MOVES:
        pages.add_url_rule(f"/tasks/<task_id>/{name}", name, move, methods=["POST"])
    return pages
