"""The operator's desk: the queue, one call at a time. For everybody else it does not exist."""

from __future__ import annotations

from flask import Blueprint

from callassist.web.pages.asking import operators_only
from callassist.web.pages.desk import views


def blueprint() -> Blueprint:
    """Every page and button of the desk."""
    pages = Blueprint("desk", __name__, url_prefix="/desk")
    pages.before_request(operators_only)
    pages.add_url_rule("", "queue", views.queue)
    pages.add_url_rule("/presence", "presence", views.presence, methods=["POST"])
    pages.add_url_rule("/tasks/<task_id>", "task", views.task)
    for name, view in (
        ("accept", views.accept),
        ("decline", views.decline),
        ("dial", views.dial),
        ("hang-up", views.hang_up),
        ("ended", views.ended),
        ("extend", views.extend),
        ("result", views.save_result),
    ):
        pages.add_url_rule(f"/tasks/<task_id>/{name}", name, view, methods=["POST"])
    return pages
