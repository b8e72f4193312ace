"""Puts the demo's stage around its application; a real service refuses."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from callassist.accounts.sign_in_sessions import Way
from callassist.bootstrap import Service
from callassist.demo.stage import Seats, blueprint
from callassist.errors import SettingsError
from callassist.models import Person
from callassist.storage.facts import get_fact
from callassist.web.datastore import SignedIn
from callassist.web.pages.entry import demo, letting_in


def add_stage(application: Flask, service: Service) -> None:
    """Add `/demo` and its seats; SettingsError unless this is the demo's own database."""
    with service.sessions.read() as session:
        is_demo = get_fact(session, demo.FACT) is not None
    if not is_demo or not service.telephony.capabilities().simulated:
        raise SettingsError("--stage belongs to the demo; run `callassist demo --serve`")
    application.register_blueprint(blueprint(service, _sit_down))
    application.wsgi_app = Seats(application.wsgi_app)  # type: ignore[method-assign]


def _sit_down(person: Person, there: str) -> ResponseReturnValue:
    return letting_in.come_in(SignedIn(person), Way.DEMO, there)
