"""The property tests of the escalation engine, many more examples than in a test run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys


def main(arguments: argparse.Namespace) -> bool:
    """Run the stateful and the order tests with the `nightly` profile."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            f"--hypothesis-seed={arguments.seed}",
            "--timeout=7200",
            "tests/escalation/test_any_night.py",
            "tests/domain/noise",
        ],
        env={**os.environ, "HYPOTHESIS_PROFILE": "nightly"},
        check=False,
    )
    print(f"many-nights seed={arguments.seed} {'PASS' if done.returncode == 0 else 'FAIL'}")
    return done.returncode == 0
