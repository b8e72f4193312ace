"""Answers of call creations get lost, the service is killed at the worst instants, and every call
that the network made is compared with what the service knows: nobody is dialled twice.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from callassist.domain.log_action import LogAction
from callassist.escalation.auditor import audit
from callassist.models import CallAttempt, CallEvent, CallTask, Incident, IncidentLogEntry
from tests.prove.fault_proxy import KILLS, Creation, Fate, token_of
from tests.prove.kill_night import Findings, tell, too_close
from tests.prove.phone_desk import PhoneDesk
from tests.twilio_server.calls import Call

SPEED = 2.0  # more, and the restart of a service is long in the network's time
FAST = 60.0  # when nothing goes wrong any more
LOST = 0.2  # of the answers to call creations
SETTLED_WITHIN = timedelta(seconds=60)
UP_SECONDS = (1.0, 5.0)  # real, from a restart until the next kill may come
NEXT_CREATION_SECONDS = 120
RUN_OUT_SECONDS = 900
Span = tuple[datetime, datetime]
_SETTLED = (LogAction.DIAL_SETTLED, LogAction.DIAL_STARTED, LogAction.DIAL_ENDED)


def main(arguments: argparse.Namespace) -> bool:
    """Kill `--kills` times and print what was found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    homes = max(14, min(99, arguments.kills))
    with tempfile.TemporaryDirectory(prefix="callassist-prove-") as folder:
        desk = PhoneDesk(
            Path(folder),
            homes=homes,
            speed=arguments.speed or SPEED,
            lose=LOST,
            seed=arguments.seed,
        )
        with desk.running():
            away = _kill_often(desk, arguments.kills, random.Random(arguments.seed))
            restarts = sorted(desk.clock.real_seconds(back - gone) for gone, back in away)
            desk.run_out(FAST, RUN_OUT_SECONDS)
            findings = _compare(desk, away)
    kills = len(away)
    findings.check("killed as often as asked", [] if kills == arguments.kills else [str(kills)])
    findings.figures |= {
        "kills": kills,
        "restart median s": round(restarts[kills // 2], 2) if restarts else 0,
        "restart max s": round(max(restarts, default=0), 2),
    }
    return tell("dial-once", arguments.seed, findings)


def _kill_often(desk: PhoneDesk, wanted: int, chance: random.Random) -> list[Span]:
    """One kill at each kind of instant in turn; the absences, in the network's time."""
    away: list[Span] = []
    for fate in itertools.islice(itertools.cycle(KILLS), wanted):
        time.sleep(chance.uniform(*UP_SECONDS))
        desk.proxy.arm(fate)
        if not desk.proxy.struck.wait(NEXT_CREATION_SECONDS) and desk.proxy.disarm():
            break
        desk.proxy.struck.wait()
        began = desk.clock.now()
        desk.server.start()
        away.append((began, desk.clock.now()))
    return away


def _compare(desk: PhoneDesk, away: list[Span]) -> Findings:
    found = Findings()
    calls, creations = desk.twilio.calls, desk.proxy.creations
    with desk.sessions.read() as session:
        incidents = list(session.scalars(select(Incident)))
        attempts = list(session.scalars(select(CallAttempt)))
        tasks = list(session.scalars(select(CallTask)))
        entries = list(session.scalars(select(IncidentLogEntry).order_by(IncidentLogEntry.id)))
        events = list(session.scalars(select(CallEvent)))
        found.check("auditor finds nothing", [f.what for f in audit(session, desk.clock.now())])
    found.check("log chain verifies", list(filter(None, [desk.server.audit_verify()])))
    found.check(
        "nothing open",
        [one.reference for one in incidents if one.closed_at is None]
        + [one.public_id for one in attempts if one.state != "ended"],
    )
    dialled = [one for one in attempts if one.handed_out_at is not None]  # else nobody's rang
    found.check("five minutes between two dials to one number", too_close(dialled, tasks))
    counted = Counter(one.incident_id for one in attempts if one.counted and one.party == "guest")
    found.check("never a fourth counted attempt", [str(i) for i, n in counted.items() if n > 3])
    found.check("no violations", desk.twilio.violations)
    _check_calls(found, calls, attempts)
    _check_doubts(found, attempts, creations, (entries, events), away)
    found.figures |= {
        "incidents": len(incidents),
        "resolutions": dict(Counter(str(one.resolution) for one in incidents)),
        "attempts": len(attempts),
        "outcomes": dict(Counter(str(one.outcome) for one in attempts)),
        "legs at the network": len(calls),
        "creations by fate": dict(Counter(str(one.fate) for one in creations)),
    }
    return found


def _check_calls(found: Findings, calls: list[Call], attempts: list[CallAttempt]) -> None:
    by_token = {one.dial_token: one for one in attempts}
    legs = Counter((_token(call), call.parent is not None) for call in calls)
    found.check(
        "nobody dialled twice for one attempt",
        [
            f"{token} {'guest' if is_child else 'own'}"
            for (token, is_child), n in legs.items()
            if n > 1
        ],
    )
    found.check("every call is ours", [token for token, _ in legs if token not in by_token])
    found.check(
        "no guest is dialled of whom the log does not know",
        [
            token
            for token, is_child in legs
            if is_child and token in by_token and by_token[token].handed_out_at is None
        ],
    )


def _token(call: Call) -> str:
    return token_of(call.callback.url) if call.callback else call.sid


def _check_doubts(
    found: Findings,
    attempts: list[CallAttempt],
    creations: list[Creation],
    known: tuple[Iterable[IncidentLogEntry], Iterable[CallEvent]],
    away: list[Span],
) -> None:
    """A killed service settles nothing: its absences, longer at this speed, do not count.

    A call that reports itself before it is looked up has settled its doubt by that.
    """
    entries, events = known
    settled: dict[object, list[datetime]] = {}
    for event in events:
        settled.setdefault(event.attempt_id, []).append(event.received_at)
    in_doubt: set[object] = set()
    told: dict[object, list[IncidentLogEntry]] = {}
    for entry in entries:
        attempt_id = entry.data.get("attempt_id")
        told.setdefault(attempt_id, []).append(entry)
        if entry.action in _SETTLED:
            settled.setdefault(attempt_id, []).append(entry.at)
        elif entry.action == LogAction.DIAL_IN_DOUBT:
            in_doubt.add(attempt_id)
    asked = {one.token: one for one in creations}
    took: list[timedelta] = []
    waited: list[timedelta] = []
    late: list[str] = []
    for attempt in attempts:
        creation = asked.get(attempt.dial_token)
        is_lost = creation is not None and creation.fate is not Fate.PASSES
        if not is_lost and attempt.id not in in_doubt:
            continue
        began = creation.at if creation else attempt.dial_at or attempt.requested_at
        after = [at for at in settled.get(attempt.id, []) if at >= began]
        at_work = _at_work(began, min(after), away) if after else timedelta.max
        if at_work > SETTLED_WITHIN:
            fate = f" {creation.fate}" if creation else ""
            story = _story(told.get(attempt.id, []), began, away)
            late.append(f"{attempt.public_id}{fate} {at_work if after else 'never'}: {story}")
        took += [at_work] if after else []
        waited += [min(after) - began] if after else []
    found.check("every attempt in doubt settled within 60 s", late)
    seconds = sorted(one.total_seconds() for one in took)
    found.figures |= {
        "attempts in doubt": len(seconds),
        "looked up": len(in_doubt),
        "settled after s, median": round(seconds[len(seconds) // 2], 1) if seconds else 0,
        "settled after s, max": round(max(seconds, default=0), 1),
        "with absences s, max": round(max(waited, default=timedelta(0)).total_seconds(), 1),
    }


def _story(entries: list[IncidentLogEntry], began: datetime, away: list[Span]) -> str:
    """What happened when, in seconds of the network's time since the call was asked for."""
    told = [(entry.at, str(entry.action)) for entry in entries]
    end = max((at for at, _ in told), default=began)
    told += [(gone, "killed") for gone, _ in away if began <= gone <= end]
    told += [(back, "back") for _, back in away if began <= back <= end]
    return ", ".join(f"{(at - began).total_seconds():+.0f} {what}" for at, what in sorted(told))


def _at_work(since: datetime, until: datetime, away: list[Span]) -> timedelta:
    """How much of that time the service was there."""
    absent = (max(timedelta(0), min(until, back) - max(since, gone)) for gone, back in away)
    return until - since - sum(absent, timedelta(0))
