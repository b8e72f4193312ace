"""The processes: `serve` is web and worker in one, `web` and `worker` are the two apart."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from datetime import UTC, datetime

import click
from flask import Flask

from callassist.accounts.first_start import first_administrator
from callassist.bootstrap import Service, build, set_up_logs
from callassist.cli.opened import opened
from callassist.errors import Conflict
from callassist.settings import Settings, load_settings
from callassist.web.app import create_app
from callassist.worker import Metronome


@click.command()
def serve() -> None:
    """Everything in one process: web, deadlines, deliveries, housekeeping."""
    settings = load_settings()
    set_up_logs(settings.service.log_level)
    _greet()
    _serve("callassist.cli.serving:everything", settings, workers=1)


@click.command()
@click.option("--workers", default=1, show_default=True, help="Processes; more need PostgreSQL.")
def web(workers: int) -> None:
    """Pages, API and webhooks only; run `callassist worker` beside it."""
    settings = load_settings()
    if workers > 1 and settings.database.url.startswith("sqlite"):
        raise Conflict("SQLite has one writing process; use PostgreSQL for more web workers")
    _serve("callassist.cli.serving:web_only", settings, workers)


@click.command()
def worker() -> None:
    """Deadlines, deliveries and housekeeping, until it is told to stop."""
    service = _service()
    metronome = Metronome(service)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    service.start_worker()
    metronome.start()
    click.echo("the worker runs; stop it with Ctrl-C", err=True)
    stop.wait()
    metronome.stop()
    service.stop()


@click.command()
def sync() -> None:
    """Transfer stays from every connected property-management system now."""
    raise Conflict(
        "no property-management system is connected; type stays in on the web page "
        "or post them to /api/v1/stays"
    )


def everything() -> Flask:
    """The application of `serve`, with its loops running; called in the serving process."""
    service = _service()
    application = create_app(service)
    service.start_web()
    service.start_worker()
    metronome = Metronome(service)
    metronome.start()
    atexit.register(service.stop)
    atexit.register(metronome.stop)
    return application


def web_only() -> Flask:
    """The application of `web`."""
    service = _service()
    application = create_app(service)
    service.start_web()
    atexit.register(service.stop)
    return application


def _service() -> Service:
    settings = load_settings()
    set_up_logs(settings.service.log_level)
    return build(settings)


def _serve(target: str, settings: Settings, workers: int) -> None:
    """Become the server: it supervises the serving processes and holds no memory of ours."""
    bind = settings.service.bind
    click.echo(f"Call Assist on {settings.service.public_url}", err=True)
    sys.stderr.flush()
    os.execv(  # noqa: S606
        sys.executable,
        [
            sys.executable,
            "-m",
            "granian",
            "--interface=wsgi",
            "--factory",
            f"--host={bind.host}",
            f"--port={bind.port}",
            f"--workers={workers}",
            f"--blocking-threads={settings.service.web_threads}",
            "--respawn-failed-workers",
            "--no-ws",
            "--log-level=warning",
            target,
        ],
    )


def _greet() -> None:
    """On an empty installation: make the administrator and show the one-time link."""
    with opened() as here:
        now = datetime.now(UTC)
        with here.sessions.write() as session:
            token = first_administrator(session, now=now)
        if token is None:
            return
        url = here.settings.service.public_url.rstrip("/")
        click.echo(
            "This installation is new. Sign in as its administrator with this link, "
            f"once, within 30 minutes:\n\n    {url}/sign-in/link/{token}\n\n"
            "Later: `callassist user link EMAIL` makes a new one.",
            err=True,
        )
