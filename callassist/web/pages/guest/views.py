"""The guest page by link: no sign-in, no script, answers in one tap.

Who knows the link is the guest: there is no session, so a form proves itself by the link that it is
sent to, which no other site can know. Nothing here changes anything on a GET: previews may look.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, make_response, redirect, request, url_for
from flask_limiter import RateLimitExceeded

from callassist import stays
from callassist.errors import Conflict
from callassist.escalation import guest_answers
from callassist.escalation.guest_answers import GuestAnswer
from callassist.models import Stay
from callassist.stays.guest_words import LANGUAGES, Texts
from callassist.web.pages import asking
from callassist.web.pages.guest.queries import GuestScreen, guest_screen, incident_of
from callassist.web.pages.link_limit import OpenedTooOften, waiting

TEXTS = "callassist_guest_texts"
COOKIE = "guest_language"
_COOKIE_SECONDS = 30 * 24 * 3600
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def page(token: str) -> Response:
    """What is loud, what is measured, and three answers."""
    now = asking.now()
    with asking.reading() as session:
        stay = stays.stay_of_link(session, token, now)
        if stay is None:
            return gone()
        screen = guest_screen(session, asking.service(), stay, now)
        return _shown(screen, token, _language(stay))


def answer(token: str) -> Response:
    """One of the three; what follows is said on the page."""
    _own_forms_only()
    try:
        said = GuestAnswer(request.form.get("answer", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    service, now = asking.service(), asking.now()
    with asking.writing() as session:
        stay = stays.stay_of_link(session, token, now)
        if stay is None:
            return gone()
        incident = incident_of(session, stay)
        if incident is not None:
            with suppress(Conflict):  # over meanwhile: the page says that nobody calls any more
                guest_answers.answer(
                    session, service.escalation, incident.id, said, "page", now=now
                )
    return _back(token)


def messages(token: str) -> Response:
    """Stop automatic messages to the numbers of this stay, or allow them again."""
    _own_forms_only()
    now = asking.now()
    with asking.writing() as session:
        stay = stays.stay_of_link(session, token, now)
        if stay is None:
            return gone()
        if request.form.get("wanted") == "yes":
            stays.allow_messages(session, asking.service().vault, stay)
        else:
            stays.stop_messages(session, stay, now=now)
    return _back(token)


def language(token: str) -> Response:
    """Remember the guest's choice in their browser, for this page only."""
    _own_forms_only()
    response = _back(token)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=_COOKIE_SECONDS,
            path="/g/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def gone() -> Response:
    """An unknown link and one that is over look alike."""
    return _render("guest/gone.html", _language(None), HTTPStatus.NOT_FOUND, head="gone")


def too_many(_limit: RateLimitExceeded) -> Response:
    """Answered too often."""
    answer = _slow()
    answer.headers["Retry-After"] = "60"
    return answer


def opened_too_often(refusal: OpenedTooOften) -> Response:
    """Opened too often."""
    return waiting(_slow(), refusal)


def _slow() -> Response:
    return _render("guest/gone.html", _language(None), HTTPStatus.TOO_MANY_REQUESTS, head="slow")


def private(response: Response) -> Response:
    """Nobody keeps, indexes, frames or passes on the address of this page."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _own_forms_only() -> None:
    """Browsers say where a form came from; another site cannot know the link anyway."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
        abort(HTTPStatus.FORBIDDEN)


def _language(stay: Stay | None) -> str:
    """Chosen here, else the browser's, else the stay's, else English."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = request.accept_languages.best_match(list(LANGUAGES))
    of_stay = (stay.language or "").partition("-")[0] if stay is not None else ""
    return accepted or (of_stay if of_stay in LANGUAGES else "en")


def _back(token: str) -> Response:
    return make_response(redirect(url_for("guest.page", token=token), HTTPStatus.SEE_OTHER))


def _shown(screen: GuestScreen, token: str, language: str) -> Response:
    words = _texts()[language]
    zone = screen.zone
    said = screen.answered
    after = None
    if said is not None:
        clock = "" if said.until is None else _clock(said.until, zone)
        after = {
            "you_said": words["you_said"].format(
                time=_clock(said.at, zone), answer=words[str(said.answer)]
            ),
            "next": words[said.next].format(time=clock),
        }
    return _render(
        "guest/page.html", language, HTTPStatus.OK, screen=screen, token=token, after=after
    )


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _render(name: str, language: str, status: HTTPStatus, **values: object) -> Response:
    """Without the frame of the other pages: it asks who is signed in, and weighs too much."""
    texts = _texts()
    template = current_app.jinja_env.get_template(name)
    names = {code: words["name"] for code, words in texts.items()}
    body = template.render(
        words=texts[language], language=language, names=names, url_for=url_for, **values
    )
    return Response(body, status, mimetype="text/html")


def _texts() -> Mapping[str, Texts]:
    found: Mapping[str, Texts] = current_app.extensions[TEXTS]
    return found
