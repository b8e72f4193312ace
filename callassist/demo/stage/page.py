"""The page `/demo` and its buttons: seats, robots' places, and the pace of the night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from babel.dates import format_datetime
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callassist.bootstrap import Service
from callassist.demo.cast import ROBOTS
from callassist.demo.conductor import Conductor
from callassist.demo.kept_pace import SPEEDS, at_speed, paused, playing
from callassist.demo.scene import HOST_EMAIL, OPERATOR_EMAIL, email_of
from callassist.demo.stage.captions import CITY, LANGUAGES, ZONE, captions, texts
from callassist.demo.taking_over import HOST, hand_back, take_over, taken_over
from callassist.models import Person

SitDown = Callable[[Person, str], ResponseReturnValue]  # signs a person in, leads to an address
WhoIsIt = Callable[[], str | None]  # the address of whoever is signed in
_OPERATORS = tuple(robot.name for robot in ROBOTS)
_ORDERS = {"pause": paused, "play": playing} | {f"{each:g}": at_speed(each) for each in SPEEDS}
_ROBOT_OF = {email_of(name): name for name in _OPERATORS}
_WALLS = ("/board/wall", "/board", "/desk")  # the first that this version has


def blueprint(
    service: Service, conductor: Conductor, sit_down: SitDown, who_is_it: WhoIsIt
) -> Blueprint:
    """The stage of one demo service; `sit_down` is how people are let in."""
    stage = Blueprint(
        "stage",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/demo/static",
    )
    pages = _Pages(service, conductor, sit_down)
    stage.before_app_request(lambda: pages.rings_nobody(who_is_it))
    stage.add_url_rule("/demo", "page", pages.page)
    stage.add_url_rule("/demo/now", "now", pages.now)
    stage.add_url_rule("/demo/seat/<who>", "seat", pages.seat)
    stage.add_url_rule("/demo/clock", "clock", pages.clock, methods=["POST"])
    stage.add_url_rule("/demo/robots/<name>", "robot", pages.robot, methods=["POST"])
    return stage


class _Pages:
    """What stands at the stage's addresses."""

    def __init__(self, service: Service, conductor: Conductor, sit_down: SitDown) -> None:
        self._service, self._conductor, self._sit_down = service, conductor, sit_down

    def page(self) -> ResponseReturnValue:
        """All seats side by side."""
        language = _language()
        return render_template(
            "stage/stage.html",
            words=texts(language),
            stage_language=language,
            robots=_OPERATORS,
            watched=_watched(request.args.get("desk")),
            speeds=SPEEDS,
            **self._state(language),
        )

    def now(self) -> ResponseReturnValue:
        """What of it changes by itself."""
        language = _language()
        return render_template("stage/now.html", words=texts(language), **self._state(language))

    def seat(self, who: str) -> ResponseReturnValue:
        """Inside a frame: sign in as one of the demo's people, who are nobody's."""
        places = {HOST: (HOST_EMAIL, "/"), "wall": (OPERATOR_EMAIL, _wall())}
        places |= {name: (email_of(name), "/desk") for name in _OPERATORS}
        if who not in places:
            abort(404)
        email, there = places[who]
        with self._service.sessions.read() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one()
        return self._sit_down(person, there)

    def rings_nobody(self, who_is_it: WhoIsIt) -> ResponseReturnValue | None:
        """A desk that is merely watched is no browser to ring: its robot would never hear it."""
        if request.endpoint != "desk.beat" or "line" not in request.form:
            return None
        robot = _ROBOT_OF.get(who_is_it() or "")
        with self._service.sessions.read() as session:
            is_watched = robot is not None and robot not in taken_over(session)
        return ("", 204) if is_watched else None

    def clock(self) -> ResponseReturnValue:
        """Pause, play, another speed, or on to the next event."""
        order = request.form.get("pace", "")
        if order == "next":
            self._conductor.skip()
        elif order in _ORDERS:
            self._conductor.change(_ORDERS[order])
        else:
            abort(400)
        return redirect(url_for("stage.page", desk=_watched(request.form.get("desk"))))

    def robot(self, name: str) -> ResponseReturnValue:
        """Take a robot's place, or hand it back."""
        if name not in (HOST, *_OPERATORS):
            abort(404)
        change = take_over if request.form.get("who") == "visitor" else hand_back
        with self._service.sessions.write() as session:
            change(session, name, datetime.now(UTC))
        watched = name if name in _OPERATORS else request.form.get("desk")
        return redirect(url_for("stage.page", desk=_watched(watched)))

    def _state(self, language: str) -> dict[str, object]:
        at = self._service.clock.now()
        with self._service.sessions.read() as session:
            told, taken = captions(session, language), taken_over(session)
        return {
            "captions": told,
            "taken": taken,
            "at": at,
            "clock_speed": self._service.clock.speed,
            "zone": ZONE.key,
            "city": CITY,
            "shown": format_datetime(at, "EEEE HH:mm", tzinfo=ZONE, locale=language),
            "pace": self._conductor.kept(),
        }


def _watched(name: str | None) -> str:
    return name if name in _OPERATORS else _OPERATORS[0]


def _wall() -> str:
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    return next(path for path in _WALLS if path in known)


def _language() -> str:
    return request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"
