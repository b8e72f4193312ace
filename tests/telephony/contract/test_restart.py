"""The network stops, is killed, and goes on from its own file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from callassist.domain.results import AttemptOutcome
from tests.telephony.conftest import Begin
from tests.telephony.world import START, World

ENDLESS_DIALLING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from callassist.clock import ManualClock
from callassist.ports.telephony import PlaceCall
from callassist.telephony.simulated import SimulatedNetwork

clock = ManualClock(datetime(2026, 5, 1, 23, 0, tzinfo=UTC))
network = SimulatedNetwork(
    Path(sys.argv[1]), clock, 7, post=lambda *sent: None, secret="a secret for tests"
)
for attempt in range(1_000_000):
    request = PlaceCall(
        attempt_id=str(attempt),
        to=f"+1202555010{attempt % 10}",
        caller_id=None,
        callback_url="https://desk.example/hooks/telephony/simulated/t",
    )
    print(network.place_call(request).call_id, flush=True)
"""


def test_a_restarted_network_goes_on_with_the_call(world: World) -> None:
    call, token = world.dial("+12025550102")
    world.let_pass(seconds=30)
    before = len(world.told(token))
    world.restart_network()
    world.let_pass(minutes=3)
    told = world.told(token)
    assert before == 3
    assert [event.sequence for event in told] == [0, 1, 2, 3]
    assert world.facts(token).talk_seconds == 120
    assert world.network.fetch_call(call) == told[-1]


def test_what_fell_due_while_it_was_down_is_delivered_afterwards(world: World) -> None:
    _, token = world.dial("+12025550101")
    world.clock.advance(minutes=10)
    world.restart_network()
    assert world.network.pump() == 4
    assert world.facts(token).outcome is AttemptOutcome.ANSWERED


def test_a_callback_that_found_nobody_comes_again(world: World) -> None:
    _, token = world.dial("+12025550130")
    address, world.local_url = world.local_url, "http://127.0.0.1:9"
    world.restart_network()
    world.let_pass(seconds=1)
    assert world.told(token) == []
    world.local_url = address
    world.restart_network()
    world.let_pass(seconds=20)
    assert sorted(event.sequence for event in world.told(token)) == [0, 1]
    assert world.facts(token).outcome is AttemptOutcome.BUSY


def test_the_same_seed_plays_the_same_evening(begin: Begin, tmp_path: Path) -> None:
    evenings = []
    for evening in ("first", "second"):
        world = World(tmp_path / evening, begin().faults, seed=11)
        with world.running():
            for _ in range(12):
                world.dial("+33612345678")
            world.clock.advance(minutes=6)
            evenings.append(
                [(call.behaviour, call.placed_at, call.ended_at) for call in world.network.calls()]
            )
    assert evenings[0] == evenings[1]
    assert len({behaviour for behaviour, *_ in evenings[0]}) >= 3


def test_a_real_persons_number_is_not_kept_in_clear(world: World) -> None:
    world.dial("+33612345678")
    assert len(world.network.find_calls(to="+33612345678", since=START)) == 1
    assert [call.to for call in world.network.calls()] == ["+33•••••78"]
    world.network.close()
    for file in world.path.parent.iterdir():
        assert b"612345678" not in file.read_bytes()
    world.start_network()


def test_killed_in_the_middle_of_dialling_the_log_holds_all_it_said(begin: Begin) -> None:
    world = begin()
    said: set[str] = set()
    for kills in range(1, 5):
        dialler = subprocess.Popen(
            [sys.executable, "-c", ENDLESS_DIALLING, str(world.path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert dialler.stdout is not None
        said.update(dialler.stdout.readline().strip() for _ in range(3 * kills))
        dialler.kill()
        rest, _ = dialler.communicate()
        said.update(line for line in rest.splitlines() if len(line) == 35)
    logged = {call.call_id for call in world.network.calls()}
    assert said <= logged
    assert len(logged) <= len(said) + 4  # placed, and killed before it could say so

    with sqlite3.connect(world.path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        planned = file.execute(
            "SELECT count(*) FROM call LEFT JOIN callback USING (call_id)"
            " GROUP BY call_id HAVING count(callback.id) <> 4"
        ).fetchall()
    file.close()
    assert planned == []
    world.clock.advance(minutes=20)
    assert all(call.ended_at is not None for call in world.network.calls())
    since = world.clock.now() - timedelta(hours=1)
    found = sum(
        len(world.network.find_calls(to=f"+1202555010{last}", since=since)) for last in range(10)
    )
    assert found == len(logged)
