"""Fixtures and rules for all tests: databases, the clock, and a world that cannot leak in."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import hypothesis
import pytest

from callassist.clock import ManualClock
from tests.dealing import left_out
from tests.evening import evening
from tests.file_cache import share_files
from tests.light_passwords import hash_lightly
from tests.plain_logs import log_plainly
from tests.route_cache import share_routes
from tests.statement_cache import share_statements
from tests.table_cache import share_tables
from tests.template_cache import share_templates

pytest_plugins = ["tests.database_fixtures"]

# Half a zone off UTC, so that a naive local time anywhere shows itself.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()

# Settings of the machine on which the tests run are not theirs.
for _name in [name for name in os.environ if name.startswith("CALLASSIST_")]:
    if not _name.startswith("CALLASSIST_TEST_"):
        del os.environ[_name]

_templates = share_templates()
share_files()
share_routes()
share_statements()
share_tables()
hash_lightly()
log_plainly()

# New objects between two looks for garbage. With Python's 700 a tenth of a page test was looking.
_GARBAGE = 50_000

# No deadline: two workers share a small machine, and slow is not wrong.
# The same examples each time: a run says whether this code is good, `nightly` looks for more.
hypothesis.settings.register_profile(
    "ci", deadline=None, max_examples=100, print_blob=True, derandomize=True
)
hypothesis.settings.register_profile(
    "nightly", hypothesis.settings.get_profile("ci"), max_examples=2000, derandomize=False
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not dealt to this run; what takes long comes first, not last and alone."""
    out = set(left_out(items))
    if out:
        config.hook.pytest_deselected(items=list(out))
    items[:] = sorted(
        (item for item in items if item not in out),
        key=lambda item: item.get_closest_marker("long") is None,
    )


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no need to look for garbage in it with each test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat above the closing line what `scripts/test` found beside the tests."""
    failed = Path(os.environ.get("CALLASSIST_TEST_FAILED_CHECKS", ""))
    if failed.is_file():
        terminalreporter.section("checks that failed beside the tests", sep="=", red=True)
        terminalreporter.line(", ".join(failed.read_text().splitlines()))


@pytest.fixture(scope="session", autouse=True)
def templates_of_the_run(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One folder for all workers; a process alone needs none."""
    if worker_id != "master":
        _templates.share(tmp_path_factory.getbasetemp().parent / "templates")


@pytest.fixture
def clock() -> ManualClock:
    """A Saturday evening in June; it moves only by `clock.advance(minutes=5)`."""
    return evening()
