"""`scripts/prove [NAME ...] [options]`: runs the named proofs, or all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.prove import (
    dial_once,
    every_case,
    forged_callbacks,
    kill_night,
    many_nights,
    screens,
)

PROOFS = {
    "dial-once": dial_once.main,
    "every-case": every_case.main,
    "forged-callbacks": forged_callbacks.main,
    "kill-night": kill_night.main,
    "many-nights": many_nights.main,
    "screens": screens.main,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PROOFS)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--speed", type=float, help="of the clock; each proof has one of its own")
    parser.add_argument("--pictures", type=Path, help="screens: where a picture of each is kept")
    parser.add_argument("--who", action="append", help="screens: only this person's")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(PROOFS)
    if unknown:
        parser.error(f"unknown proof {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}")
    results = [PROOFS[name](arguments) for name in arguments.names or PROOFS]
    sys.exit(0 if all(results) else 1)


main()
