"""`serve` and `web`: read the settings and become the server. Imports next to nothing."""

from __future__ import annotations

import click

from callassist.cli.supervisor import supervise
from callassist.cli.threads import CALL_THREADS, SPARE_THREADS
from callassist.errors import Conflict
from callassist.settings import Settings, load_settings


@click.command()
@click.option("--stage", is_flag=True, hidden=True, help="With the demo's stage; see `demo`.")
def serve(stage: bool) -> None:
    """Everything in one process: web, deadlines, deliveries, housekeeping."""
    settings = load_settings()
    _become("staging:stage" if stage else "applications:everything", settings, workers=1)


@click.command()
@click.option("--workers", default=1, show_default=True, help="Processes; more need PostgreSQL.")
def web(workers: int) -> None:
    """Pages, API and webhooks only; run `callassist worker` beside it."""
    settings = load_settings()
    if workers > 1 and settings.database.url.startswith("sqlite"):
        raise Conflict("SQLite has one writing process; use PostgreSQL for more web workers")
    _become("applications:web_only", settings, workers)


@click.command()
def live() -> None:
    """The streams of live pages only: let the proxy send the path /live here."""
    settings = load_settings()
    click.echo(f"live pages on {settings.live.bind}", err=True)
    supervise(
        "callassist.cli.applications:live_only",
        settings.live.bind,
        workers=1,
        threads=settings.live.streams + SPARE_THREADS,
        setting="CALLASSIST_LIVE_BIND",
    )


def _become(application: str, settings: Settings, workers: int) -> None:
    click.echo(f"Call Assist on {settings.service.public_url}", err=True)
    supervise(
        f"callassist.cli.{application}",
        settings.service.bind,
        workers=workers,
        # a stream keeps its thread: those come on top, and start when they are needed
        threads=(
            settings.service.web_threads + CALL_THREADS + settings.live.streams + SPARE_THREADS
        ),
    )
