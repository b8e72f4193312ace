"""The settings are everybody's own pages; hosts know them under this address."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue


def show() -> ResponseReturnValue:
    """On to the first part of the settings."""
    return redirect(url_for("people.notifications"))
