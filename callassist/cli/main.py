"""All commands, one line each; an error of ours is one sentence and exit code 2."""

from __future__ import annotations

import sys
from typing import Any

import click

from callassist import __version__
from callassist.cli.data import audit, guest, key
from callassist.cli.database import db, resume
from callassist.cli.demo import demo
from callassist.cli.doctor import doctor
from callassist.cli.people import token, user
from callassist.cli.replay import replay
from callassist.cli.serving import serve, sync, web, worker
from callassist.errors import CallAssistError


class OneSentence(click.Group):
    """Shows our errors as what they are: a sentence that says what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CallAssistError as error:
            click.echo(f"callassist: {error}", err=True)
            sys.exit(2)


@click.group(cls=OneSentence)
@click.version_option(__version__)
def main() -> None:
    """Call Assist: when noise in a rental home persists, a person phones the guest."""


for command in (
    serve,
    web,
    worker,
    demo,
    replay,
    db,
    resume,
    user,
    token,
    sync,
    doctor,
    audit,
    guest,
    key,
):
    main.add_command(command)
