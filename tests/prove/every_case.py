"""All tests with every case: what `scripts/test` deals out, as `tests/dealing.py` says, is not."""

from __future__ import annotations

import argparse
import subprocess


def main(arguments: argparse.Namespace) -> bool:
    """Run them as `scripts/test` does."""
    done = subprocess.run(["scripts/test", "--every-case"], check=False)
    print(f"every-case {'PASS' if done.returncode == 0 else 'FAIL'}")
    return done.returncode == 0
