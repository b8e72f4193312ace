"""The pages: server-rendered, in English and French, without a need for JavaScript."""

from __future__ import annotations

from flask import Flask

from callassist.bootstrap import Service
from callassist.web.pages import admin, board, desk, entry, errors, frame, gallery, guest, host
from callassist.web.pages.asking import EXTENSION


def register(app: Flask, service: Service) -> None:
    """Put every page into `app`; `signin.init_app` comes before."""
    app.extensions[EXTENSION] = service
    frame.init_app(app)
    errors.init_app(app)
    for blueprint in (entry.blueprint(app), desk.blueprint(), host.blueprint(), admin.blueprint()):
        app.register_blueprint(blueprint)
    app.register_blueprint(board.blueprint())
    app.register_blueprint(board.open_blueprint())
    app.register_blueprint(guest.blueprint(app, service))
    if service.settings.service.development:
        app.jinja_env.auto_reload = True
        app.register_blueprint(gallery.blueprint())
