"""What must hold after every step of any night; each function raises AssertionError with facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from callassist import incident_log
from callassist.domain.cadence import Cadence
from callassist.domain.presence import BUSY
from callassist.escalation.joined import counted_attempts
from callassist.models import (
    CallAttempt,
    CallTask,
    IncidentLogEntry,
    Operator,
    OutboxEntry,
    Presence,
    Timer,
)
from callassist.telephony.simulated import SimulatedCall
from tests.escalation.any_night import OPEN_WITH_OPERATOR, AnyNight

GAP = timedelta(minutes=5)
OPEN_TASK = ("pending", *OPEN_WITH_OPERATOR)
EXPECTED_ERRORS = ("TransientError", "NotFound")  # a network that is down or has lost a call


def never_a_fourth_counted_attempt(night: AnyNight) -> None:
    with night.sessions.read() as session:
        for incident in night.incidents():  # with those made in a leader's tasks
            counted = counted_attempts(session, incident)
            limit = Cadence.from_dict(incident.cadence).attempts
            assert counted <= limit, f"incident {incident.id}: {counted}"


def five_minutes_between_two_dials_of_one_number(night: AnyNight) -> None:
    attempts = {attempt.public_id: attempt for attempt in night.attempts()}
    tasks = {task.id: task for task in night.tasks()}
    by_number: dict[str, list[SimulatedCall]] = defaultdict(list)
    for call in night.network.calls():
        by_number[call.to].append(call)
    for number, calls in by_number.items():
        calls.sort(key=lambda call: call.placed_at)
        for earlier, later in pairwise(calls):
            task = tasks[attempts[later.attempt_id].task_id]
            known = attempts[earlier.attempt_id]
            given_up = known.outcome == "unreachable" and known.provider_call_id is None
            ended = earlier.placed_at if given_up else earlier.ended_at
            gap = timedelta() if task.continuation or task.guest_asked else GAP
            assert ended is not None, f"{number}: two calls at a time"
            assert later.placed_at - ended >= gap, f"{number}: {earlier} then {later}"


def one_network_call_per_attempt(night: AnyNight) -> None:
    calls = Counter(call.attempt_id for call in night.network.calls())
    known = {attempt.public_id for attempt in night.attempts()}
    assert set(calls) <= known
    assert all(count == 1 for count in calls.values()), calls


def one_dial_at_a_time_to_one_number(night: AnyNight) -> None:
    live = Counter(attempt.number_index for attempt in night.attempts() if attempt.state != "ended")
    assert all(count == 1 for count in live.values()), live


def one_open_incident_per_home_and_one_open_task_per_incident(night: AnyNight) -> None:
    homes = Counter(incident.property_id for incident in night.open_incidents())
    assert all(count == 1 for count in homes.values()), homes
    work = Counter(task.incident_id for task in night.tasks() if task.state in OPEN_TASK)
    assert all(count == 1 for count in work.values()), work
    open_ids = {incident.id for incident in night.open_incidents()}
    assert set(work) <= open_ids, "work on a closed incident"


def presence_fits_the_work(night: AnyNight) -> None:
    with night.sessions.read() as session:
        tasks = {
            task.operator_id: task.state
            for task in session.scalars(
                select(CallTask).where(CallTask.state.in_(OPEN_WITH_OPERATOR))
            )
        }
        for presence in session.scalars(select(Presence)):
            work = tasks.get(presence.operator_id)
            name = session.get_one(Operator, presence.operator_id).desk_name
            if presence.state in BUSY:
                fits = {"offered": "offered", "on_a_call": "assigned", "wrap_up": "wrapping_up"}
                assert work == fits[presence.state], f"{name} is {presence.state} with {work}"
            elif presence.state == "available":
                assert work is None, f"{name} is available with work {work}"


def the_auditor_finds_nothing(night: AnyNight) -> None:
    assert night.findings() == []


def the_log_is_whole_and_tells_every_state(night: AnyNight) -> None:
    with night.sessions.read() as session:
        assert incident_log.verify(session) == []
        entries = session.scalars(select(IncidentLogEntry).order_by(IncidentLogEntry.id)).all()
    states: dict[int, str] = {}
    for entry in entries:
        if entry.action == "incident_opened":
            states[entry.incident_id] = "watching"
        elif entry.action == "state_changed":
            assert entry.data["from"] == states[entry.incident_id]
            states[entry.incident_id] = entry.data["to"]
    assert states == {incident.id: incident.state for incident in night.incidents()}
    closed = Counter(entry.incident_id for entry in entries if entry.action == "incident_closed")
    over = [incident.id for incident in night.incidents() if incident.closed_at is not None]
    assert closed == Counter(over)


def no_handler_and_no_deliverer_fails(night: AnyNight) -> None:
    with night.sessions.read() as session:
        failed = session.scalars(select(Timer).where(Timer.error.is_not(None))).all()
        assert [(each.kind, each.error) for each in failed] == []
        for entry in session.scalars(select(OutboxEntry).where(OutboxEntry.error.is_not(None))):
            assert str(entry.error).startswith(EXPECTED_ERRORS), (entry.topic, entry.error)


def finished_work_says_what_came_of_it(night: AnyNight) -> None:
    attempts: dict[int, CallAttempt] = {each.task_id: each for each in night.attempts()}
    for task in night.tasks():
        if task.state == "completed":
            assert task.result is not None
            assert attempts[task.id].counted is not None
        if task.state in OPEN_TASK and task.id in attempts:
            assert task.state in ("assigned", "wrapping_up"), f"dialled and {task.state}"


PROMISES = (
    never_a_fourth_counted_attempt,
    five_minutes_between_two_dials_of_one_number,
    one_network_call_per_attempt,
    one_dial_at_a_time_to_one_number,
    one_open_incident_per_home_and_one_open_task_per_incident,
    presence_fits_the_work,
    the_auditor_finds_nothing,
    the_log_is_whole_and_tells_every_state,
    no_handler_and_no_deliverer_fails,
    finished_work_says_what_came_of_it,
)


def everything_is_closed_and_reported_once(night: AnyNight) -> None:
    """After hours with nobody there and no noise."""
    assert night.open_incidents() == []
    with night.sessions.read() as session:
        rows = session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "report")).all()
    closed = Counter(
        row.payload["incident_id"] for row in rows if row.payload["reason"] == "closed"
    )
    assert closed == Counter(incident.id for incident in night.incidents())
    assert all(attempt.state == "ended" for attempt in night.attempts())
