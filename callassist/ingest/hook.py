"""The one handler of `POST /hooks/sensors/<adapter>/<token>`: check, translate, store, answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from callassist.clock import Clock
from callassist.errors import ServiceBusy
from callassist.ingest.answer import HookAnswer, accepted, fixed, problem
from callassist.ingest.body import Stream, read_body
from callassist.ingest.connections import Connections, KnownConnection
from callassist.ingest.flood import FloodLimit
from callassist.ingest.submission import Newcomers, stamped
from callassist.ingest.writer import IngestWriter
from callassist.ports.sensors import HasFixedReply, Headers, Refused, Samples, SensorAdapter

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class HookRequest:
    """One request, as either path to the handler sees it."""

    adapter: str
    token: str
    headers: Headers
    stream: Stream


def system_now() -> datetime:
    """Real time, for signatures."""
    return datetime.now(UTC)


class SensorHook:
    """Never raises: every outcome is an answer. 2xx only after the commit."""

    def __init__(
        self,
        adapters: Mapping[str, SensorAdapter],
        connections: Connections,
        writer: IngestWriter,
        clock: Clock,
        flood: FloodLimit | None = None,
        now_real: Callable[[], datetime] = system_now,
        samples: Samples | None = None,
    ) -> None:
        self._adapters = adapters
        self._replies = {
            name: fixed(adapter.reply)
            for name, adapter in adapters.items()
            if isinstance(adapter, HasFixedReply)
        }
        self._connections = connections
        self._writer = writer
        self._clock = clock
        self._flood = flood or FloodLimit()
        self._now_real = now_real
        self._samples = samples

    def answer(self, request: HookRequest) -> HookAnswer:
        """Take in one request."""
        try:
            return self._answer(request)
        except Refused as refused:
            return problem(refused.status, refused.title, refused.detail, faults=refused.faults)
        except ServiceBusy as busy:
            return problem(
                503,
                "Cannot store right now",
                f"{_sentence(busy.detail)} Send it again: what was stored already is recognised.",
                retry_after=busy.retry_after or 1.0,
            )
        except Exception:
            reference = uuid.uuid4().hex[:12]
            _log.exception("sensor hook failed", action="hook_failed", reference=reference)
            return problem(
                500,
                "Our mistake",
                f"This could not be stored because of an error of ours, logged as {reference}. "
                "Send it again later.",
            )

    def _answer(self, request: HookRequest) -> HookAnswer:
        adapter = self._adapters.get(request.adapter)
        connection = (
            None if adapter is None else self._connections.find(request.adapter, request.token)
        )
        if adapter is None or connection is None:
            return problem(
                404,
                "No such address",
                "Nothing listens here: copy the hook's address again from the sensor connection, "
                "or make a new one if it was removed.",
            )
        wait = self._flood.retry_after(connection.id)
        if wait:
            return problem(
                429,
                "Too many requests",
                "This connection posts faster than we take: put several readings into one request.",
                retry_after=wait,
            )
        return self._store(request, adapter, connection)

    def _store(
        self, request: HookRequest, adapter: SensorAdapter, connection: KnownConnection
    ) -> HookAnswer:
        headers, options = request.headers, connection.options
        body = read_body(
            request.stream, headers.get("content-length"), headers.get("content-encoding")
        )
        try:
            adapter.verify(headers, body, connection.secrets, options, self._now_real())
            parsed = adapter.parse(body, headers.get("content-type") or "", headers, options)
        except Refused as refused:
            self._keep(connection, body, refused.detail)
            raise
        now = self._clock.now()
        receipt = self._writer.submit(connection, stamped(parsed, now), now, newcomers(adapter))
        self._keep(connection, body, None)
        return self._replies.get(request.adapter) or accepted(receipt)

    def _keep(self, connection: KnownConnection, body: bytes, refusal: str | None) -> None:
        if self._samples is not None and not connection.is_test:
            self._samples.offer(connection.id, body, refusal)


def newcomers(adapter: SensorAdapter) -> Newcomers:
    """What a sensor of this brand is taken for at first."""
    return Newcomers(adapter.kind, adapter.reports_every)


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:].rstrip(".") + "."
