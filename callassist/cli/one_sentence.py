"""An error of ours is one sentence and exit code 2, not a traceback."""

from __future__ import annotations

import sys
from typing import Any

import click

from callassist.errors import CallAssistError

REFUSED = 2  # the exit code of what an administrator can put right


class OneSentence(click.Group):
    """Shows our errors as what they are: a sentence that says what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CallAssistError as error:
            tell(error)
            sys.exit(REFUSED)


def tell(error: CallAssistError) -> None:
    """Write the sentence to standard error."""
    click.echo(f"callassist: {error}", err=True)
