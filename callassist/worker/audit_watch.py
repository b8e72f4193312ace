"""Alarms about incidents for which nothing will happen, and says in the log when that changes."""

from __future__ import annotations

import structlog

from callassist.bootstrap import Service
from callassist.escalation.auditor import Finding, alarm, audit

_log = structlog.get_logger()


class AuditWatch:
    """Looks whether every open incident has a future deadline or a person at work."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._found: frozenset[Finding] = frozenset()

    def look(self) -> None:
        """Look once; the same findings are logged once and alarmed about once an hour."""
        service = self._service
        now = service.clock.now()
        with service.sessions.read() as session:
            findings = audit(session, now)
        self._say(frozenset(findings))
        if findings:
            with service.sessions.write() as session:
                alarm(session, findings, now)

    def _say(self, found: frozenset[Finding]) -> None:
        if found == self._found:
            return
        self._found = found
        if found:
            _log.error("audit found", action="audit_alarm", count=len(found))
        else:
            _log.info("audit finds nothing any more", action="audit_well")
