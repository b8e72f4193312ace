"""`worker`: what runs without a web server."""

from __future__ import annotations

import signal
import threading

import click

from callassist.cli.applications import built
from callassist.worker import Metronome


@click.command()
def worker() -> None:
    """Deadlines, deliveries and housekeeping, until it is told to stop."""
    service = built()
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
