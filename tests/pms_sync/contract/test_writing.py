"""Messages and notes: whatever goes wrong, it is told apart whether something may stand there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from callassist.errors import CallAssistError
from callassist.pms_sync.access import Patience
from callassist.pms_sync.writing import write
from callassist.ports.conversations import NotWritten, WriteInDoubt, WriteRefused
from callassist.ports.pms_access import Access
from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.servers import seed as names
from tests.pms_sync.servers.faults import Faults

TEXT = "It is loud at the moment: https://calls.example/g/abc"
# what writes into a booking, not what fetches a token
_WRITES = r"^(POST|PUT|PATCH) (?!.*([tT]oken|auth))"

_FAULTS: dict[str, tuple[Callable[[Faults, dict[str, Any]], None], type[CallAssistError]]] = {
    "400": (lambda faults, when: faults.status(400, **when), WriteRefused),
    "401": (lambda faults, when: faults.status(401, **when), WriteRefused),
    "403": (lambda faults, when: faults.status(403, **when), WriteRefused),
    "404": (lambda faults, when: faults.status(404, **when), WriteRefused),
    "429": (lambda faults, when: faults.status(429, retry_after="7", **when), NotWritten),
    "503": (lambda faults, when: faults.status(503, **when), WriteInDoubt),
    "slow": (lambda faults, when: faults.slow(0.4, **when), WriteInDoubt),
}


def written(bench: Bench, kind: str) -> list[tuple[str, str]]:
    return bench.server.messages if kind == "message" else bench.server.notes


def do_write(bench: Bench, kind: str, base_url: str | None = None) -> None:
    """Write TEXT about a booking that was read before."""
    can = bench.facts.abilities
    if not (can.messages if kind == "message" else can.notes):
        pytest.skip("this system takes none")
    reservation = bench.one(names.HIDDEN if kind == "message" else names.PLAIN)
    act = bench.connector.send_message if kind == "message" else bench.connector.add_note
    if base_url is not None:
        bench.access.base_url = base_url

    @contextmanager
    def open_access(connection_id: int, *, urgent: bool = False) -> Iterator[Access]:
        yield bench.access

    write(open_access, 1, lambda access: act(access, reservation, TEXT))


@pytest.mark.parametrize("kind", ["message", "note"])
@pytest.mark.parametrize("name", _FAULTS)
def test_a_fault_while_it_is_written_says_whether_it_may_stand_there(bench, name, kind):
    spoil, error = _FAULTS[name]
    bench.access = bench.open(Patience(turn=0, tries=1, read=0.2 if name == "slow" else 5))
    spoil(bench.server.faults, {"matching": _WRITES, "times": 99})
    with pytest.raises(error) as told:
        do_write(bench, kind)
    time.sleep(0.5 if name == "slow" else 0)  # the server ends what it was asked
    assert len(written(bench, kind)) == (1 if name == "slow" else 0)
    assert all(secret not in told.value.detail for secret in bench.secrets)


@pytest.mark.parametrize("kind", ["message", "note"])
def test_a_system_that_cannot_be_reached_was_not_written_to(bench, kind):
    path = bench.access.base_url.partition("://")[2].partition("/")[2]
    with pytest.raises(NotWritten):
        do_write(bench, kind, f"http://127.0.0.1:9/{path}")
    assert written(bench, kind) == []


@pytest.mark.parametrize("kind", ["message", "note"])
def test_it_stands_there_once(bench, kind):
    do_write(bench, kind)
    ((_, text),) = written(bench, kind)
    assert text.endswith(TEXT)
