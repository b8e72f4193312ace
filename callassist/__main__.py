"""`python -m callassist` is the `callassist` command."""

from __future__ import annotations

from callassist.cli import main

main()
