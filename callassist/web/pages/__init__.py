"""The pages: server-rendered, in English and French, without a need for JavaScript."""

from __future__ import annotations

from flask import Flask

from callassist.bootstrap import Service
from callassist.web.pages import (
    admin,
    board,
    desk,
    entry,
    errors,
    frame,
    gallery,
    guest,
    host,
    installing,
    link_limit,
    people,
    shared,
)
from callassist.web.pages.asking import EXTENSION
from callassist.web.pages.people import service_words
from callassist.web.worker_watch import WorkerWatch


def register(app: Flask, service: Service) -> None:
    """Put every page into `app`; `signin.init_app` comes before."""
    app.extensions[EXTENSION] = service
    link_limit.init_app(app)
    frame.init_app(app)
    errors.init_app(app)
    app.extensions[service_words.EXTENSION] = WorkerWatch(service)
    for blueprint in (entry.blueprint(app), desk.blueprint(service), host.blueprint()):
        app.register_blueprint(blueprint)
    app.register_blueprint(admin.blueprint())
    app.register_blueprint(people.blueprint(app))
    app.register_blueprint(installing.blueprint())
    app.register_blueprint(board.blueprint())
    app.register_blueprint(board.open_blueprint())
    app.register_blueprint(shared.blueprint())
    app.register_blueprint(guest.blueprint(app, service))
    if service.settings.service.development:
        app.jinja_env.auto_reload = True
        app.register_blueprint(gallery.blueprint())
