"""`python -m callassist.migrations`: see the package's docstring."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine

from callassist.migrations.draft import write_draft, write_first
from callassist.migrations.revisions import head
from callassist.migrations.upgrade import upgrade


def main() -> None:
    """Write the file that the arguments ask for and print its path."""
    parser = argparse.ArgumentParser(prog="python -m callassist.migrations")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("first", help="make the first files again (before the first release)")
    draft = verbs.add_parser("draft", help="write the next migration from what models changed")
    draft.add_argument("slug", help="a few words with underscores: add_nickname")
    arguments = parser.parse_args()
    if arguments.verb == "first":
        print(*write_first(), sep="\n")
        return
    with tempfile.TemporaryDirectory() as directory:
        engine = create_engine(f"sqlite:///{Path(directory) / 'draft.db'}")
        upgrade(engine)
        with engine.connect() as connection:
            print(write_draft(connection, arguments.slug, datetime.now(UTC), head()))


if __name__ == "__main__":
    main()
