"""What runs first: the servers start from here at once, everything else loads all commands.

Importing all of Call Assist takes seconds and memory that the process which only supervises the
serving ones would hold for ever. So this module and `serving` import next to nothing.
"""

from __future__ import annotations

import os
import sys

import click

from callassist.cli.one_sentence import OneSentence
from callassist.cli.serving import live, serve, web


@click.group(cls=OneSentence)
def servers() -> None:
    """The commands that become a server."""


servers.add_command(serve)
servers.add_command(web)
servers.add_command(live)


def main() -> None:
    """The `callassist` command."""
    words = sys.argv[1:]
    if words and words[0] in servers.commands:
        servers(words, prog_name="callassist")
    # -P: what lies in the directory in which somebody runs the command is not imported
    python = [sys.executable, "-P", "-m", "callassist.cli.main"]
    os.execv(sys.executable, [*python, *words])  # noqa: S606
