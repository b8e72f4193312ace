"""Promises about the repository itself rather than about what the program does."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", "var", "build", "dist", "__pycache__", "node_modules"}
NOT_OURS_EITHER = re.compile(r"\.env|\..*_cache|\.hypothesis|.*\.egg-info")

LONGEST_FILE = 400
COUNTED = {".py", ".html", ".css", ".js", ".toml", ".txt", ".typ"}

# Split so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home)" + r"/\w")
REGISTRY = re.compile(
    "py" + "pi\\.org|python" + "hosted|npm" + "js\\.|index" + "-url|find" + "-links"
)


def test_no_file_names_a_path_of_somebodys_machine():
    assert _lines_with(MACHINE_PATH) == []


def test_no_file_names_the_host_of_a_package_registry():
    assert _lines_with(REGISTRY) == []


def test_no_source_file_grows_beyond_what_a_newcomer_can_read():
    too_long = {
        str(path.relative_to(ROOT)): len(_text(path).splitlines())
        for path in _files(ROOT / "callassist")
        if path.suffix in COUNTED and len(_text(path).splitlines()) > LONGEST_FILE
    }
    assert too_long == {}


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs/glossary.md"]
)
def test_what_a_newcomer_looks_for_first_exists(name: str):
    assert _text(ROOT / name).strip()


@pytest.mark.parametrize("name", ["run", "test", "bench", "prove", "../.ci/run"])
def test_every_command_can_be_executed_and_parsed(name: str):
    script = ROOT / "scripts" / name
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_what_runs_is_tested_with_the_versions_it_runs_with():
    runtime, development = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert runtime.items() <= development.items()


def test_the_lock_files_satisfy_pyproject():
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    assert _unsatisfied(project["dependencies"], "requirements.lock") == []
    for name in ("postgresql", "dev"):
        assert _unsatisfied(extras[name], "requirements-dev.lock") == []


def test_under_ci_nothing_can_be_left_out():
    outcome = subprocess.run(
        [ROOT / "scripts" / "test", "--without-postgresql"],
        env={**os.environ, "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr.strip()) == (
        1,
        "Under CI=true nothing is left out: remove --without-postgresql.",
    )


def test_tests_cannot_reach_the_outside():
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="tried to use socket"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(("192.0.2.1", 80))


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _files(ROOT)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


def _files(directory: Path) -> Iterator[Path]:
    # Not `git ls-files`: the promise also holds for an unpacked archive without git.
    for path in sorted(directory.iterdir()):
        if path.name in NOT_OURS or NOT_OURS_EITHER.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _text(path: Path) -> str:
    """The file's text; nothing for a picture or another binary file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _locked(name: str) -> dict[str, str]:
    """Package name to exact version; a line of any other form fails the test."""
    lines = [line for line in _text(ROOT / name).splitlines() if not line.startswith("#")]
    pins = [re.fullmatch(r"([\w.-]+)==([\w.+!]+)", line) for line in lines]
    assert None not in pins, lines[pins.index(None)]
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def _unsatisfied(wanted: list[str], lock: str) -> list[str]:
    locked = {**_locked(lock), "callassist": "0"}
    requirements = [Requirement(line) for line in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(
            locked.get(canonicalize_name(requirement.name), "0"), prereleases=True
        )
        or canonicalize_name(requirement.name) not in locked
    ]
