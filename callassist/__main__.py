"""`python -m callassist` is the `callassist` command."""

from __future__ import annotations

from callassist.cli.entry import main

main()
