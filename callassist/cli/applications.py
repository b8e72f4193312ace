"""What the serving processes serve: each calls one of these factories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from pathlib import Path

import click
from flask import Flask

from callassist import __version__
from callassist.accounts.first_start import first_administrator
from callassist.bootstrap import Service, build, set_up_logs
from callassist.cli.stopping import when_told_to_stop
from callassist.cli.threads import CALL_THREADS
from callassist.clock import Clock
from callassist.live import Hub, Live, LiveAlone, LiveFirst
from callassist.settings import Settings, load_settings
from callassist.web.app import common_headers, create_app
from callassist.web.live_viewers import viewers_of
from callassist.web.static_files import version_of
from callassist.worker import Metronome


def everything() -> Flask:
    """The application of `serve`, with its loops running; SettingsError names what is wrong."""
    return dressed(built(), lambda *_: None)


def dressed(service: Service, dress: Callable[[Flask, Service, Hub], None]) -> Flask:
    """The same for this service, with what `dress` adds before anything runs."""
    _greet(service)
    application = create_app(service)
    dress(application, service, _with_live(service, application))
    service.start_web()
    service.start_worker()
    metronome = Metronome(service)
    metronome.start()
    _at_exit(metronome.stop, service.stop)
    return application


def web_only() -> Flask:
    """The application of `web`; SettingsError names what is wrong."""
    service = built()
    application = create_app(service)
    _with_live(service, application)
    service.start_web()
    _at_exit(service.stop)
    return application


def live_only() -> LiveAlone:
    """The application of `live`; SettingsError names what is wrong."""
    service = built()
    live = _live(service, create_app(service), _hub(service))
    _at_exit(service.stop)
    return LiveAlone(live)


def built(clock_of: Callable[[Settings], Clock] | None = None) -> Service:
    """The parts of one process, as the settings say; SettingsError names what is wrong.

    `clock_of` gives a clock in the place of the one that the settings name.
    """
    settings = load_settings()
    set_up_logs(settings.service.log_level)
    return build(settings, clock=clock_of and clock_of(settings))


def _with_live(service: Service, pages: Flask) -> Hub:
    """Let `pages` answer /live too."""
    hub = _hub(service)
    live = _live(service, pages, hub)
    threads = service.settings.service.web_threads
    pages.wsgi_app = LiveFirst(  # type: ignore[method-assign]
        pages.wsgi_app, live, threads, CALL_THREADS
    )
    return hub


def _hub(service: Service) -> Hub:
    """What hands out changes to the streams of one process, running."""
    hub = Hub(service.sessions, service.clock, limit=service.settings.live.streams)
    hub.start()
    when_told_to_stop(hub.stop)
    return hub


def _live(service: Service, pages: Flask, hub: Hub) -> Live:
    """The streams of one process; `pages` knows who is signed in."""
    return Live(
        hub,
        service.sessions,
        service.clock,
        viewers_of(pages),
        version=f"{__version__}-{version_of(Path(str(pages.static_folder)))}",
        common_headers=lambda: common_headers(service.clock),
        max_age=service.settings.live.max_age,
    )


def _at_exit(*stops: Callable[[], None]) -> None:
    """Call `stops` in this order when the serving process ends.

    It is a child of `multiprocessing`, which calls no `atexit` function before Python 3.14.
    """
    for priority, stop in enumerate(reversed(stops)):
        Finalize(None, stop, exitpriority=priority)


def _greet(service: Service) -> None:
    """On an empty installation: make the administrator and show the one-time link."""
    with service.sessions.write() as session:
        token = first_administrator(session, now=datetime.now(UTC))
    if token is None:
        return
    url = service.settings.service.public_url.rstrip("/")
    click.echo(
        "This installation is new. Sign in as its administrator with this link, "
        f"once, within 30 minutes:\n\n    {url}/sign-in/link/{token}\n\n"
        "Later: `callassist user link EMAIL` makes a new one.",
        err=True,
    )
