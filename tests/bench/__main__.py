"""`scripts/bench [--json] [NAME ...] [-- arguments]`: runs the named measurements, or all.

A measurement is a module of this package with `main(argv) -> dict`, which prints its figures and
returns {"figures": [...]}. The exit status is 1 when a figure misses its limit.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

NOT_MEASUREMENTS = {"__main__", "figures"}


def measurements() -> list[str]:
    """Names of all measurements: modules here that have a `main`."""
    here = str(Path(__file__).parent)
    names = [module.name for module in pkgutil.iter_modules([here])]
    return [
        name
        for name in sorted(set(names) - NOT_MEASUREMENTS)
        if hasattr(importlib.import_module(f"tests.bench.{name}"), "main")
    ]


def main(argv: list[str]) -> int:
    """Run them one after the other."""
    known = measurements()
    own, _, rest = " ".join(argv).partition(" -- ") if " -- " in " ".join(argv) else (None, "", "")
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--json", action="store_true", help="also print all figures as JSON")
    arguments = parser.parse_args(argv if own is None else own.split())
    unknown = sorted(set(arguments.names) - set(known))
    if unknown:
        parser.error(f"there is no measurement {unknown[0]}; choose from {', '.join(known)}")
    results: dict[str, Any] = {}
    for name in arguments.names or known:
        print(f"== {name}", flush=True)
        module = importlib.import_module(f"tests.bench.{name}")
        results[name] = module.main(rest.split())
    if arguments.json:
        print(json.dumps(results, indent=2))
    missed = [
        figure
        for result in results.values()
        for figure in result.get("figures", [])
        if figure.get("ok") is False
    ]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
