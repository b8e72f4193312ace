"""The `callassist` command: composes the processes and gives an administrator one word each."""

from __future__ import annotations

from callassist.cli.main import main

__all__ = ["main"]
