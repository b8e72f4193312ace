"""kill -9 at random moments of the demo night, restarted each time; then three ledgers compared.

The ledgers: what the sensors' side saw accepted, our database, and the simulated network's own
call log.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from callassist import incident_log
from callassist.demo import DemoNight
from callassist.escalation.auditor import audit
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    NoiseReading,
    PhoneRing,
    Report,
    ReportVersion,
)
from callassist.settings import load_settings
from callassist.telephony.simulated.call_log import CallLog, SimulatedCall

GAP = timedelta(minutes=5)
CALL_LOG = "simulated-network.sqlite3"
NIGHT_MINUTES = 390
SPEED = 40.0


@dataclass
class Findings:
    """What was wrong, by invariant, and the figures to report."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)

    def check(self, name: str, faults: list[str]) -> None:
        """Note an invariant and what broke it."""
        self.wrong[name] = faults


def main(arguments: argparse.Namespace) -> bool:
    """Play one night with `--kills` kills and print what was found."""
    chance = random.Random(arguments.seed)
    speed = arguments.speed or SPEED
    with tempfile.TemporaryDirectory(prefix="callassist-prove-") as folder:
        environment = {**os.environ, "CALLASSIST_DATA_DIR": folder}
        night = DemoNight(load_settings(environment, dotenv=None), speed=speed)
        with night.running():
            kills, restarts = _kill_often(night, arguments.kills, speed, chance)
            night.wait_until_over()
            findings = _compare(night)
    findings.figures |= {
        "kills": kills,
        "restart median s": round(sorted(restarts)[len(restarts) // 2], 2) if restarts else 0,
        "restart max s": round(max(restarts, default=0), 2),
    }
    return tell("kill-night", arguments.seed, findings)


def _kill_often(
    night: DemoNight, wanted: int, speed: float, chance: random.Random
) -> tuple[int, list[float]]:
    """Kill at moments spread at random over the night's own time; returns restart times."""
    moments = sorted(chance.uniform(5, NIGHT_MINUTES - 60) for _ in range(wanted))
    restarts: list[float] = []
    for number, minutes in enumerate(moments):
        at = night.began + timedelta(minutes=minutes)
        while night.clock.now() < at:
            time.sleep(min(0.05, 1 / speed))
        if number % 2:
            _wait_for_a_dial(night, seconds=120 / speed * 5)
        night.server.kill()
        began = time.monotonic()
        night.server.start()
        restarts.append(time.monotonic() - began)
    return len(moments), restarts


def _wait_for_a_dial(night: DemoNight, seconds: float) -> None:
    """Every other kill waits a little for a dial that is under way: the worst moment there is."""
    end = time.monotonic() + seconds
    live = select(CallAttempt.id).where(CallAttempt.state != "ended").limit(1)
    while time.monotonic() < end:
        with night.sessions.read() as session:
            if session.scalar(live) is not None:
                return
        time.sleep(0.002)


def _compare(night: DemoNight) -> Findings:
    found = Findings()
    calls = CallLog(night.data_dir / CALL_LOG).calls(night.clock.now())
    with night.sessions.read() as session:
        stored = set(session.scalars(select(NoiseReading.event_key)))
        lost = [key for key in night.director.sent.event_ids if not {key, f"i:{key}"} & stored]
        found.check("no accepted reading lost", lost)
        incidents = list(session.scalars(select(Incident)))
        attempts = list(session.scalars(select(CallAttempt)))
        tasks = list(session.scalars(select(CallTask)))
        rings = set(session.scalars(select(PhoneRing.public_id)))
        reports = Counter(session.scalars(select(Report.incident_id)))
        versions = session.execute(
            select(ReportVersion.report_id, ReportVersion.version, func.count()).group_by(
                ReportVersion.report_id, ReportVersion.version
            )
        ).all()
        found.check("nothing open", [i.reference for i in incidents if i.closed_at is None])
        found.check("log chain verifies", [f.problem for f in incident_log.verify(session)])
        found.check("auditor finds nothing", [f.what for f in audit(session, night.clock.now())])
    found.check(
        "exactly one report per incident",
        [i.reference for i in incidents if reports[i.id] != 1]
        + [f"report {row[0]} version {row[1]}" for row in versions if row[2] != 1],
    )
    _check_calls(found, calls, attempts, tasks, rings)
    found.figures |= {
        "incidents": len(incidents),
        "resolutions": dict(Counter(str(i.resolution) for i in incidents)),
        "readings accepted": len(night.director.sent.event_ids),
        "posts tried again": night.director.sent.retries,
        "dials": len(attempts),
        "calls in the network's log": len(calls),
        "dials in doubt and settled": sum(a.looked_up_from is not None for a in attempts),
    }
    return found


def _check_calls(
    found: Findings,
    calls: list[SimulatedCall],
    attempts: list[CallAttempt],
    tasks: list[CallTask],
    rings: set[str],
) -> None:
    ours = [call for call in calls if call.attempt_id]  # the others phoned us
    # a phone of the rota that rang and the guest who was put through to it share an id
    per_attempt = Counter((call.attempt_id, call.to) for call in ours)
    found.check(
        "nobody dialled twice for one attempt",
        [str(attempt) for (attempt, _), count in per_attempt.items() if count > 1],
    )
    known = {attempt.public_id for attempt in attempts} | rings
    found.check("every call is ours", [str(a) for a, _ in per_attempt if a not in known])
    counted = Counter(a.incident_id for a in attempts if a.counted and a.party == "guest")
    found.check("never a fourth counted attempt", [str(i) for i, n in counted.items() if n > 3])
    found.check("five minutes between two dials to one number", too_close(attempts, tasks))


def too_close(attempts: list[CallAttempt], tasks: list[CallTask]) -> list[str]:
    """Pairs of dials to one number that were made within five minutes."""
    excepted = {task.id for task in tasks if task.continuation or task.guest_asked}
    never_rang = ("provider_error", "invalid_number")
    by_number: dict[str, list[tuple[datetime, CallAttempt]]] = defaultdict(list)
    for attempt in attempts:
        if attempt.dial_at is not None and attempt.outcome not in never_rang:
            by_number[attempt.number_index].append((attempt.dial_at, attempt))
    return [
        f"{earlier.public_id} and {later.public_id}"
        for dials in by_number.values()
        for (began, earlier), (again, later) in itertools.pairwise(
            sorted(dials, key=lambda dial: dial[0])
        )
        if later.task_id not in excepted and again - began < GAP
    ]


def tell(name: str, seed: int, findings: Findings) -> bool:
    """Print figures and invariants; whether all of them hold."""
    for figure, value in findings.figures.items():
        print(f"  {figure}: {value}")
    good = True
    for invariant, faults in findings.wrong.items():
        good = good and not faults
        print(
            f"  {'ok  ' if not faults else 'BAD '} {invariant}{': ' if faults else ''}"
            f"{', '.join(faults[:5])}"
        )
    print(f"{name} seed={seed} {'PASS' if good else 'FAIL'}")
    return good
