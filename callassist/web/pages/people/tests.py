"""The way of one test message, as it goes: written down, taken by the worker, handed over."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from callassist.notifications.own_channels import TestedWay, tested_way
from callassist.web.pages import asking, words
from callassist.web.pages.host.onward import next_after
from callassist.web.pages.host.set_up_steps import open_checklist
from callassist.web.pages.people import delivery_words, mine, service_words
from callassist.web.translate import gettext as _


def show(test_id: str) -> ResponseReturnValue:
    """The page; it follows the message without being loaded again."""
    return render_template("people/test.html", test_id=test_id, **_watched(test_id))


def fragment(test_id: str) -> ResponseReturnValue:
    """The part of it that changes."""
    return render_template("people/test_way.html", test_id=test_id, **_watched(test_id))


def _watched(test_id: str) -> dict[str, object]:
    with asking.reading() as session:
        way = tested_way(session, asking.host(), test_id)
        zone = mine.my_zone(session)
    worker = service_words.watch().now()
    is_queued = way.notification.status == "queued"
    return {
        "way": way,
        "steps": _steps(way, worker.is_gone),
        "is_over": not is_queued,
        "worker_gone": service_words.no_messages(worker) if is_queued and worker.is_gone else "",
        "delivery_words": delivery_words,
        "zone": zone,
        "next_step": next_after(open_checklist()) if way.notification.sent_at else None,
    }


def _steps(way: TestedWay, worker_is_gone: bool) -> list[dict[str, str]]:
    status = way.notification.status
    is_taken = way.tries > 0 or status != "queued"
    by = words.of(words.CHANNEL, way.channel.kind)
    handed = {"sent": "done", "queued": "current" if is_taken else "todo"}.get(status, "current")
    return [
        {"text": _("Written down"), "state": "done", "note": ""},
        {
            "text": _("Taken by the worker"),
            "state": "done" if is_taken else "current",
            "note": _("It waits for the worker.") if worker_is_gone and not is_taken else "",
        },
        {
            "text": _("Handed over: %(by)s", by=by),
            "state": handed,
            "note": delivery_words.reason(way.notification.reason),
        },
    ]
