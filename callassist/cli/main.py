"""All commands, one line each."""

from __future__ import annotations

import click

from callassist import __version__
from callassist.cli.data import audit, guest, key
from callassist.cli.database import db, resume
from callassist.cli.demo import demo
from callassist.cli.doctor import doctor
from callassist.cli.one_sentence import OneSentence
from callassist.cli.people import token, user
from callassist.cli.replay import replay
from callassist.cli.serving import live, serve, web
from callassist.cli.transfers import sync
from callassist.cli.working import worker


@click.group(cls=OneSentence)
@click.version_option(__version__)
def main() -> None:
    """Call Assist: when noise in a rental home persists, a person phones the guest."""


for command in (
    serve,
    web,
    worker,
    live,
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


if __name__ == "__main__":
    main(prog_name="callassist")
