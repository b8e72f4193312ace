"""How did the call go? Asked by link of who took it by phone; no sign-in, one answer.

A GET changes nothing: programs open every link of a mail. The page says what an operator may know
of the call and no more: its reference, whom it went to, which attempt it was.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import render_template, request
from flask.typing import ResponseReturnValue

from callassist.domain.call_task import Party
from callassist.domain.phone_ring import LINK_RESULTS
from callassist.errors import Conflict, InvalidInput
from callassist.escalation.phone_results import result_is_open, save_by_link
from callassist.models import CallTask, Incident
from callassist.roster.result_links import ring_of_link
from callassist.web import languages
from callassist.web.pages import asking, words

_LONGEST = 200


def call_result(token: str) -> ResponseReturnValue:
    """The answers that there are, or that one was given; NotFound for an unknown link."""
    if request.method == "POST":
        return _save(token[:_LONGEST])
    with asking.reading() as session:
        ring = ring_of_link(session, asking.service().vault, token[:_LONGEST])
        languages.speak(ring.language)
        task = session.get_one(CallTask, ring.task_id)
        incident = session.get_one(Incident, task.incident_id)
        party, is_open = Party(task.party), result_is_open(session, ring)
        page = render_template(
            "shared/call_result.html",
            reference=incident.reference,
            party=party,
            attempt_number=task.attempt_number,
            answers=[(str(one), words.result(one)) for one in LINK_RESULTS[party]],
            is_open=is_open,
            is_saved=ring.result_used_at is not None,
        )
    return page, HTTPStatus.OK if is_open or ring.result_used_at else HTTPStatus.GONE


def _save(token: str) -> ResponseReturnValue:
    service, now = asking.service(), asking.now()
    with asking.writing() as session:
        ring = ring_of_link(session, service.vault, token)
        party = Party(session.get_one(CallTask, ring.task_id).party)
        word = request.form.get("result", "")
        if word not in {str(one) for one in LINK_RESULTS[party]}:
            raise InvalidInput("choose one of the answers on the page", "result")
        if not result_is_open(session, ring):
            raise Conflict("this call has its result already")
        save_by_link(session, service.escalation, ring, word, now)
    return render_thanks(ring.language)


def render_thanks(language: str) -> ResponseReturnValue:
    """What is shown once the answer is kept."""
    languages.speak(language)
    return render_template("shared/call_result.html", is_open=False, is_saved=True)
