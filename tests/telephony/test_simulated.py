"""What is particular to the simulated network: its thread, its wire, its misbehaviour."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from callassist.clock import ManualClock, ScaledClock
from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput, PermanentError, SettingsError, TransientError
from callassist.ports.telephony import CallInDoubt, PlaceCall, Telephony
from callassist.telephony.simulated import Faults, SimulatedNetwork
from callassist.telephony.simulated.callback_loop import MAX_TRIES, Post
from callassist.telephony.simulated.callbacks import event_of, form_of, signature
from callassist.telephony.simulated.delivery import OwnEndpoint
from callassist.telephony.simulated.faults import Mishap, mishap_of
from callassist.telephony.simulated.numbers import Behaviour
from callassist.telephony.simulated.timeline import plan
from tests.telephony.world import PUBLIC_URL, SECRET, START, World

BUSY = PlaceCall(attempt_id="a", to="+12025550130", caller_id=None, callback_url=f"{PUBLIC_URL}/h")


class Letterbox:
    """Takes callbacks without a network; refuses while `error` is set."""

    def __init__(self, expected: int = 1) -> None:
        self.forms: list[dict[str, str]] = []
        self.error: Exception | None = None
        self.tries = 0
        self.full = threading.Event()
        self._expected = expected

    def __call__(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self.forms.append(dict(form))
        if len(self.forms) >= self._expected:
            self.full.set()


def network_on(path: Path, post: Post, clock: ManualClock | None = None) -> SimulatedNetwork:
    clock = clock or ManualClock(START)
    return SimulatedNetwork(path / "net.sqlite3", clock, 7, post=post, secret=SECRET)


def test_callbacks_come_by_themselves_on_a_fast_clock(tmp_path: Path) -> None:
    box = Letterbox(expected=4)
    now = datetime.now(UTC)
    clock = ScaledClock(speed=600, origin=now, epoch=now)
    network = SimulatedNetwork(tmp_path / "net.sqlite3", clock, 7, post=box, secret=SECRET)
    network.start()
    placed_at = clock.now()
    network.place_call(PlaceCall(**{**vars(BUSY), "to": "+12025550101"}))
    assert box.full.wait(timeout=20)
    network.check()
    network.close()
    assert [form["Status"] for form in box.forms] == ["queued", "ringing", "answered", "ended"]
    ended_at = datetime.fromisoformat(box.forms[-1]["At"])
    assert timedelta(seconds=60) < ended_at - placed_at < timedelta(minutes=3)
    assert clock.now() >= ended_at  # never early


def test_a_callback_that_nobody_takes_is_given_up_after_a_few_tries(tmp_path: Path) -> None:
    clock, box = ManualClock(START), Letterbox()
    network = network_on(tmp_path, box, clock)
    box.error = TransientError("503")
    network.place_call(BUSY)
    for _ in range(60):
        clock.advance(seconds=1)
        assert network.pump() == 0
    assert box.tries == 2 * MAX_TRIES  # queued and ended
    network.close()


def test_a_callback_that_is_refused_is_not_sent_again(tmp_path: Path) -> None:
    clock, box = ManualClock(START), Letterbox()
    network = network_on(tmp_path, box, clock)
    box.error = PermanentError("404")
    network.place_call(BUSY)
    network.pump(START + timedelta(minutes=1))
    network.pump(START + timedelta(minutes=2))
    assert box.tries == 2
    network.close()


def test_a_callback_shows_the_number_only_masked(tmp_path: Path) -> None:
    box = Letterbox()
    network = network_on(tmp_path, box)
    network.place_call(BUSY)
    network.place_call(PlaceCall(**{**vars(BUSY), "to": "+33612345678"}))
    network.pump(START + timedelta(minutes=10))
    assert {form["To"] for form in box.forms} == {"+1•••••30", "+33•••••78"}
    network.close()


def test_a_locked_log_leaves_the_dial_in_doubt_and_places_nothing(tmp_path: Path) -> None:
    network = network_on(tmp_path, Letterbox())
    network._log._connection.execute("PRAGMA busy_timeout=1")
    other = network_on(tmp_path, Letterbox())
    with other._log.write(), pytest.raises(CallInDoubt, match="locked"):
        network.place_call(BUSY)
    assert network.calls() == []
    network.close()
    other.close()


def test_a_file_that_is_no_call_log_stops_the_start_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "net.sqlite3").write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(SettingsError, match=r"net\.sqlite3"):
        network_on(tmp_path, Letterbox())


def test_without_a_secret_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="secret"):
        SimulatedNetwork(tmp_path / "n", ManualClock(START), 7, post=Letterbox(), secret="")


@pytest.mark.parametrize("wrong", [{"lose_callback": 1.5}, {"rate_limit": -0.1}])
def test_a_fault_that_is_no_probability_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Faults(**wrong)  # type: ignore[arg-type]


def test_mishaps_come_as_often_as_asked_and_the_same_again() -> None:
    faults = Faults(rate_limit=0.1, lose_request=0.1, lose_reply=0.2)
    evening = [mishap_of(faults, 7, request) for request in range(2000)]
    assert evening == [mishap_of(faults, 7, request) for request in range(2000)]
    assert 150 < evening.count(Mishap.RATE_LIMITED) < 250
    assert 130 < evening.count(Mishap.REQUEST_LOST) < 230
    assert 270 < evening.count(Mishap.REPLY_LOST) < 380
    assert mishap_of(Faults(), 7, 1) is None


@pytest.mark.parametrize("timeout", [5, 15, 30, 60])
@pytest.mark.parametrize(
    "behaviour", sorted(set(Behaviour) - {Behaviour.REFUSED, "invalid_number"})
)
def test_every_plan_runs_forwards_and_no_ring_outlasts_the_timeout(behaviour, timeout) -> None:
    for seed in range(30):
        line = plan(
            behaviour,
            placed_at=START,
            ring_timeout=timedelta(seconds=timeout),
            talk=timedelta(minutes=1),
            random=Random(seed),
        )
        instants = [event.at for event in line.events("SIM1")]
        assert instants == sorted(instants)
        if line.ringing_at is not None:
            picked_up_or_over = line.answered_at or line.ended_at
            assert picked_up_or_over - line.ringing_at <= timedelta(seconds=timeout)


def test_what_is_sent_is_what_is_read() -> None:
    event = LegEvent(
        call_id="SIM" + "a" * 32,
        sequence=3,
        status=LegStatus.ENDED,
        at=START,
        outcome=AttemptOutcome.ANSWERED,
        talk_seconds=61,
    )
    assert event_of(form_of(event, "+1•••••01")) == event


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("CallId", "SIM1"),
        ("CallId", "SIM" + "z" * 32),
        ("Sequence", "-1"),
        ("Sequence", "²"),
        ("Sequence", "1" * 30),
        ("Status", "happy"),
        ("At", "yesterday"),
        ("At", "2026-05-01T23:00:00"),
        ("Outcome", "fine"),
        ("Outcome", ""),
        ("TalkSeconds", "1.5"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_by_its_field(field: str, bad: str) -> None:
    form = {
        "CallId": "SIM" + "a" * 32,
        "Sequence": "3",
        "Status": "ended",
        "At": "2026-05-01T23:00:00+00:00",
        "Outcome": "answered",
        "TalkSeconds": "61",
    }
    assert event_of(form).talk_seconds == 61
    with pytest.raises(InvalidInput, match=field):
        event_of({**form, field: bad})
    del form[field]
    if field != "TalkSeconds":
        with pytest.raises(InvalidInput, match=field):
            event_of(form)


def test_a_signature_keeps_names_and_values_apart() -> None:
    assert signature(SECRET, "u", {"a": "bc"}) != signature(SECRET, "u", {"ab": "c"})
    assert signature(SECRET, "u", {"a": "1", "b": "2"}) == signature(
        SECRET, "u", {"b": "2", "a": "1"}
    )


def test_it_posts_to_the_service_and_to_nobody_else(world: World) -> None:
    post = OwnEndpoint(PUBLIC_URL, world.local_url)
    with pytest.raises(PermanentError, match=r"elsewhere\.example"):
        post("https://elsewhere.example/hooks", {}, {})
    with pytest.raises(PermanentError, match=r"desk\.example\.evil"):
        post(PUBLIC_URL + ".evil/hooks", {}, {})
    with pytest.raises(PermanentError, match="403"):
        post(f"{PUBLIC_URL}/hooks/telephony/simulated/t1", {}, {"a": "b"})
    with pytest.raises(TransientError, match="did not arrive"):
        OwnEndpoint(PUBLIC_URL, "http://127.0.0.1:9")(f"{PUBLIC_URL}/x", {}, {})
    with pytest.raises(SettingsError, match="http"):
        OwnEndpoint(PUBLIC_URL, "127.0.0.1:8000")


def test_it_is_a_telephony_that_says_that_it_is_simulated(tmp_path: Path) -> None:
    simulated = network_on(tmp_path, Letterbox())
    network: Telephony = simulated
    network.check()
    assert network.capabilities().simulated
    simulated.close()
