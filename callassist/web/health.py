"""Is it alive, can it work, and figures for Prometheus; nothing personal in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flask import Blueprint, Response, json
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from callassist.bootstrap import Service
from callassist.domain.call_task import TaskState
from callassist.errors import CallAssistError, ServiceBusy
from callassist.models import CallAttempt, CallTask, Incident, NoiseReading, OutboxEntry, Timer

LATE_TIMERS = 60.0  # seconds; a backlog older than this says that nobody works on it
LATE_OUTBOX = 300.0
Check = Callable[[], str | None]
"""None when all is well, else what is wrong."""


def blueprint(service: Service) -> Blueprint:
    """/healthz, /readyz and /metrics."""
    health = Blueprint("health", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(service))

    @health.get("/healthz")
    def alive() -> Response:
        return _answer({"process": None})

    @health.get("/readyz")
    def ready() -> Response:
        return _answer({name: check() for name, check in checks(service).items()})

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return health


def checks(service: Service) -> dict[str, Check]:
    """What has to work, by name. Loops count only in a process that runs them."""
    found: dict[str, Check] = {
        "database": lambda: _says(lambda: _look(service)),
        "telephony": lambda: _says(service.telephony.check),
        "backlog": lambda: _says(lambda: _refusebacklog(service)),
    }
    if "web" in service.running:
        found["ingest"] = lambda: None if service.ingest.healthy() else "readings are not stored"
    if "worker" in service.running:
        found["timers"] = lambda: None if service.timers.healthy() else "deadlines do not fire"
        found["outbox"] = lambda: None if service.outbox.healthy() else "nothing is delivered"
    return found


def _answer(found: dict[str, str | None]) -> Response:
    broken = any(wrong is not None for wrong in found.values())
    body = {
        "status": "unavailable" if broken else "ok",
        "checks": {name: wrong or "ok" for name, wrong in found.items()},
    }
    response = Response(json.dumps(body), 503 if broken else 200, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _says(check: Callable[[], None]) -> str | None:
    try:
        check()
    except CallAssistError as error:
        return error.detail
    return None


def _look(service: Service) -> None:
    with service.sessions.read() as session:
        session.execute(text("SELECT 1"))


def _refusebacklog(service: Service) -> None:
    figures = dict(backlog(service))
    if figures["timers_late_seconds"] > LATE_TIMERS:
        raise ServiceBusy(f"a deadline is {figures['timers_late_seconds']:.0f} s late")
    if figures["outbox_late_seconds"] > LATE_OUTBOX:
        raise ServiceBusy(f"a delivery is {figures['outbox_late_seconds']:.0f} s late")


def backlog(service: Service) -> Iterator[tuple[str, float]]:
    """Open rows that are due, and by how many real seconds the oldest is late."""
    now = service.clock.now()
    open_timers = select(func.min(Timer.due_at), func.count()).where(
        Timer.fired_at.is_(None), Timer.retry_at.is_(None), Timer.due_at <= now
    )
    open_outbox = select(func.min(OutboxEntry.due_at), func.count()).where(
        OutboxEntry.delivered_at.is_(None), OutboxEntry.due_at <= now
    )
    with service.sessions.read() as session:
        for name, query in (("timers", open_timers), ("outbox", open_outbox)):
            oldest, count = session.execute(query).one()
            late = 0.0 if oldest is None else -service.clock.real_seconds(oldest - now)
            yield f"{name}_late_seconds", late
            yield f"{name}_due", float(count)


class Figures(Collector):
    """Counted in the database when they are asked for, so that restarts lose nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Every figure."""
        now = self._service.clock.now()
        late = dict(backlog(self._service))
        with self._service.sessions.read() as session:
            # ids only grow, also when old readings are deleted
            readings = session.scalar(select(func.max(NoiseReading.id))) or 0
            incidents = session.scalar(
                select(func.count()).select_from(Incident).where(Incident.closed_at.is_(None))
            )
            waiting, oldest = session.execute(
                select(func.count(), func.min(CallTask.available_at)).where(
                    CallTask.state == str(TaskState.PENDING), CallTask.available_at <= now
                )
            ).one()
            calls = session.execute(
                select(CallAttempt.outcome, func.count())
                .where(CallAttempt.outcome.is_not(None))
                .group_by(CallAttempt.outcome)
            ).all()
        yield CounterMetricFamily(
            "callassist_readings_accepted", "Noise readings stored so far.", value=readings
        )
        yield _gauge("incidents_open", "Incidents that are not closed.", incidents or 0)
        yield _gauge("call_tasks_waiting", "Call tasks that are due and nobody has.", waiting)
        waited = 0.0 if oldest is None else (now - oldest).total_seconds()
        yield _gauge("call_task_oldest_wait_seconds", "Longest wait, service's clock.", waited)
        yield _gauge("outbox_due", "Deliveries that are due.", late["outbox_due"])
        yield _gauge("outbox_late_seconds", "Lateness of the oldest.", late["outbox_late_seconds"])
        yield _gauge("timers_due", "Deadlines that are due.", late["timers_due"])
        yield _gauge("timers_late_seconds", "Lateness of the oldest.", late["timers_late_seconds"])
        by_outcome = CounterMetricFamily(
            "callassist_calls", "Dials that ended, by what the network said.", labels=["outcome"]
        )
        for outcome, count in calls:
            by_outcome.add_metric([str(outcome)], count)
        yield by_outcome


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"callassist_{name}", what, value=value)
