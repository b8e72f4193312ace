"""`callassist demo`: a real night on a fast clock, with robots, on the simulated network."""

from __future__ import annotations

import json
import signal
import sys
import time
from typing import Any

import click

from callassist.bootstrap import set_up_logs
from callassist.demo import DemoNight, run_demo
from callassist.demo.night import log_path
from callassist.settings import load_settings


@click.command()
@click.option("--speed", default=60.0, show_default=True, help="Times as fast as a real night.")
@click.option("--exit-when-done", is_flag=True, help="End when the night is over.")
@click.option("--json", "as_json", is_flag=True, help="Print what the night came to as JSON.")
@click.option("--serve", is_flag=True, help="Serve on the configured address until Ctrl-C.")
def demo(speed: float, exit_when_done: bool, as_json: bool, serve: bool) -> None:
    """Play a night of 17 homes through the real engine; nobody is really phoned.

    Its database is its own and is made anew each time.
    """
    settings = load_settings()
    set_up_logs(settings.service.log_level)
    # a polite kill ends the demo's own service too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if serve and not exit_when_done:
        _serve(DemoNight(settings, speed=speed, port=settings.service.bind.port, with_stage=True))
        return
    night = run_demo(settings, speed=speed)
    if as_json:
        click.echo(json.dumps(night, indent=2, ensure_ascii=False))
    else:
        for line in _lines(night):
            click.echo(line)
    click.echo(f"the service's log: {log_path(settings)}", err=True)


def _serve(night: DemoNight) -> None:
    with night.running():
        url = night.server.url
        click.echo(f"Call Assist's demo night runs on {url} (nobody is really phoned).")
        click.echo(f"Host, desk and wallboard side by side: {url}/demo")
        click.echo("Or by yourself; each link signs in once, within 30 minutes:")
        for who, token in night.scene.links.items():
            click.echo(f"  as the {who}: {url}/sign-in/link/{token}")
        try:
            told = False
            while night.server.is_running():
                time.sleep(0.5)
                if not told and night.is_over():
                    told = True
                    click.echo("The night is over; look around, Ctrl-C ends it.")
        except KeyboardInterrupt:
            click.echo("stopping")


def _lines(night: dict[str, Any]) -> list[str]:
    return [
        f"{incident['opened_at'][11:16]}  {incident['property']:<18} {incident['resolution']:<15} "
        f"{incident['story']}"
        for incident in night["incidents"]
    ]
