"""Puts the demo's stage around its application; a real service refuses."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from callassist.accounts.sign_in_sessions import Way
from callassist.bootstrap import Service
from callassist.cli.applications import built, dressed
from callassist.demo.conductor import Conductor
from callassist.demo.kept_pace import kept_pace
from callassist.demo.pace import PacedClock
from callassist.demo.stage import Seats, blueprint, newest
from callassist.errors import CallAssistError, SettingsError
from callassist.escalation.pacing import reckon_again
from callassist.migrations import upgrade
from callassist.models import Person
from callassist.settings import Settings
from callassist.storage.engine import make_engine
from callassist.storage.facts import get_fact
from callassist.storage.sessions import Sessions
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking
from callassist.web.pages.entry import demo, letting_in

_log = structlog.get_logger()
_REFUSED = "--stage belongs to the demo; run `callassist demo --serve`"


def stage() -> Flask:
    """The application of the demo: `everything` with its stage; SettingsError for a real one."""
    return dressed(
        built(stage_clock),
        lambda application, service, hub: add_stage(application, service, hub.tell_time),
    )


def stage_clock(settings: Settings) -> PacedClock:
    """The demo's clock, which visitors may set; SettingsError for any other database."""
    settings.service.data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database.url)
    try:
        upgrade(engine)
        with Sessions(engine).read() as session:
            kept = kept_pace(session)
    finally:
        engine.dispose()
    if kept is None:
        raise SettingsError(_REFUSED)
    return PacedClock(kept.pieces)


def add_stage(
    application: Flask, service: Service, tell_time: Callable[[], None] = lambda: None
) -> None:
    """Add `/demo`, its seats and the pace of its night.

    `tell_time` is called when the clock runs at another speed. SettingsError unless this is the
    demo's own database.
    """
    with service.sessions.read() as session:
        is_demo = get_fact(session, demo.FACT) is not None
    clock = service.clock
    is_simulated = service.telephony.capabilities().simulated
    if not is_demo or not is_simulated or not isinstance(clock, PacedClock):
        raise SettingsError(_REFUSED)

    def tell() -> None:
        service.sessions.hints.clock_changed()
        tell_time()
        try:
            with service.sessions.write() as session:
                reckon_again(session, service.escalation, clock.now())
        except (CallAssistError, SQLAlchemyError) as error:  # the demo ends just now
            _log.warning("deadlines stay", action="stage_not_reckoned", reason=str(error))

    conductor = Conductor(service.sessions, clock, lambda: newest(service.sessions), tell)
    if conductor.kept().skip is not None:
        conductor.go_on()
    application.register_blueprint(blueprint(service, conductor, _sit_down, _who_is_it))
    application.wsgi_app = Seats(application.wsgi_app)  # type: ignore[method-assign]


def _sit_down(person: Person, there: str) -> ResponseReturnValue:
    return letting_in.come_in(SignedIn(person), Way.DEMO, there)


def _who_is_it() -> str | None:
    who = asking.person()
    return who.person.email if who is not None else None
