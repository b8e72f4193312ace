"""What the audit finds is said once, and again when it changes or an hour has passed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, select, update
from structlog.testing import capture_logs

from callassist.models import CallTask, IncidentLogEntry, Timer
from callassist.worker.audit_watch import AuditWatch


def written(home):
    with home.sessions.read() as session:
        said = select(IncidentLogEntry.data).where(IncidentLogEntry.action == "audit_alarm")
        return [data["finding"] for data in session.scalars(said.order_by(IncidentLogEntry.id))]


def watching(home) -> AuditWatch:
    service: Any = SimpleNamespace(clock=home.clock, sessions=home.sessions)
    return AuditWatch(service)


def test_each_minute_finds_it_and_both_logs_say_it_once(night):
    home = night()
    home.noise_for_30_minutes()
    with home.sessions.write() as session:
        session.execute(delete(Timer))
    watch = watching(home)
    home.clock.advance(minutes=60 - home.clock.now().minute)
    with capture_logs() as logged:
        for _ in range(3):
            watch.look()
            home.clock.advance(minutes=1)
        assert written(home) == ["a call task that is pending without a deadline"]
        with home.sessions.write() as session:
            session.execute(update(CallTask).values(state="wrapping_up"))
        watch.look()
        home.clock.advance(hours=1)
        watch.look()
    changed = "a call task that is wrapping_up without a deadline"
    assert written(home)[1:] == [changed, changed]
    assert [one["action"] for one in logged if one["log_level"] == "error"] == ["audit_alarm"] * 2
    assert home.told().count("supervisor_page:audit_alarm") == 2


def test_the_end_of_it_is_said_too(night):
    home = night()
    home.noise_for_30_minutes()
    watch = watching(home)
    with home.sessions.write() as session:
        session.execute(update(Timer).values(due_at=home.clock.now() - timedelta(days=1)))
    with capture_logs() as logged:
        watch.look()
        with home.sessions.write() as session:
            session.execute(update(Timer).values(due_at=home.clock.now() + timedelta(hours=1)))
        watch.look()
        watch.look()
    assert [one["action"] for one in logged] == ["audit_alarm", "audit_well"]
