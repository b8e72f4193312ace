"""The night of `stories.guest_reached` as rows of a database."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.domain.policy import EscalationPolicy
from callassist.domain.viewer import Role, Viewer
from callassist.models import (
    Breach,
    CallAttempt,
    CallTask,
    Incident,
    NoiseReading,
    Notification,
    NotificationChannel,
    OutboxEntry,
)
from callassist.outbox import OutboxItem
from callassist.reports.versions import report_deliverer
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.reports.nights import after
from tests.reports.scene import set_scene

GUEST = "+12025550112"


@dataclass
class Home:
    """One home with its account; ids of what a test needs."""

    sessions: Sessions
    vault: Vault
    account_id: int
    property_id: int
    stay_id: int
    operator_id: int
    sensor_id: int
    owner: Viewer
    token: int = 0
    breaches: int = 0

    @classmethod
    def set_up(cls, sessions: Sessions, name: str = "Loft Canal 12") -> Home:
        """An account with one home, a guest, a level sensor, and a desk with one operator."""
        vault = Vault.from_text(Vault.generate_key())
        with sessions.write() as session:
            scene = set_scene(session, vault, name)
        account_id = scene.account_id
        return cls(
            sessions=sessions,
            vault=vault,
            owner=Viewer(name="owner", account_roles={account_id: frozenset({Role.OWNER})}),
            **asdict(scene),
        )

    def readings(self, session: Session, until: int, loud_until: int) -> None:
        """A reading a minute, from long before the noise to `until`."""
        for minute in range(-60, until + 1):
            loud = 0 <= minute <= loud_until
            session.add(
                NoiseReading(
                    sensor_id=self.sensor_id,
                    event_key=f"{minute}",
                    at=after(minute),
                    received_at=after(minute),
                    kind="level",
                    level_db=round((76 if loud else 48) + 4 * math.sin(minute), 1),
                    verdict="applied",
                )
            )

    def incident(self, session: Session, **changes: Any) -> Incident:
        """An incident that opened ten minutes into a breach and is still watched."""
        self.breaches += 1
        policy = EscalationPolicy().to_dict()
        breach = Breach(
            property_id=self.property_id,
            key=self.breaches,
            policy=policy,
            first_loud_at=after(0),
            began_at=after(0),
            last_loud_at=after(43),
            peak_db=80.0,
        )
        session.add(breach)
        session.flush()
        values = {
            "reference": "amber otter",
            "account_id": self.account_id,
            "property_id": self.property_id,
            "stay_id": self.stay_id,
            "breach_id": breach.id,
            "policy": policy,
            "cadence": policy["cadence"],
            "state": "watching",
            "opened_at": after(10),
            "opened_by": "noise",
            "language": "fr",
        }
        incident = Incident(**values | changes)
        session.add(incident)
        session.flush()
        incident_log.append(
            session, incident.id, LogAction.INCIDENT_OPENED, {"by": "noise"}, now=after(10)
        )
        return incident

    def dial(self, session: Session, incident: Incident, minutes: float, **values: Any) -> None:
        """One dial of its own task."""
        self.token += 1
        note = values.pop("note", None)
        number = values.pop("attempt_number", 1)
        task = CallTask(
            incident_id=incident.id,
            account_id=self.account_id,
            party="guest",
            attempt_number=number,
            state="completed",
            language="fr",
            available_at=after(minutes),
            created_at=after(minutes),
            note=note,
        )
        session.add(task)
        session.flush()
        attempt = {
            "task_id": task.id,
            "incident_id": incident.id,
            "account_id": self.account_id,
            "dial_number": 1,
            "party": "guest",
            "attempt_number": number,
            "operator_id": self.operator_id,
            "number": self.vault.seal(GUEST),
            "number_index": self.vault.index(GUEST),
            "number_mask": "+1•••••12",
            "state": "ended",
            "provider": "twilio",
            "dial_token": f"{incident.id}-{self.token}",
            "requested_at": after(minutes),
            "dial_at": after(minutes),
            "ended_at": after(minutes + 0.5),
            "counted": True,
        }
        session.add(CallAttempt(**attempt | values))

    def told(self, session: Session, incident: Incident, minutes: float, kind: str) -> None:
        """One delivered message to the host's phone."""
        channel = session.scalar(select(NotificationChannel))
        if channel is None:
            channel = NotificationChannel(
                account_id=self.account_id,
                kind="email",
                address=self.vault.seal("ana@example.org"),
                address_mask="a•••@example.org",
                language="fr",
                muted_kinds=[],
                created_at=after(-600),
            )
            session.add(channel)
            session.flush()
        session.add(
            Notification(
                channel_id=channel.id,
                account_id=self.account_id,
                incident_id=incident.id,
                kind=kind,
                key=f"{incident.id}{kind}",
                facts={},
                status="sent",
                created_at=after(minutes),
                sent_at=after(minutes),
            )
        )

    def guest_reached(self) -> int:
        """The night until the guest was reached: the incident is followed up."""
        with self.sessions.write() as session:
            self.readings(session, 48, 43)
            incident = self.incident(
                session,
                state="following_up",
                call_requested_at=after(30),
                first_contact="guest",
                contact_at=after(37),
                calling_ended_at=after(37),
            )
            self.dial(session, incident, 31, outcome="no_answer")
            self.dial(
                session,
                incident,
                36.5,
                attempt_number=2,
                outcome="answered",
                disposition="guest_agreed",
                answered_at=after(36.7),
                talk_seconds=80,
                note="Polite; Camille closes the windows.",
            )
            self.told(session, incident, 30, "call_requested")
            return incident.id

    def close(self, incident_id: int, minutes: float = 48, **changes: Any) -> None:
        """It got quiet and the incident is closed."""
        with self.sessions.write() as session:
            incident = session.get_one(Incident, incident_id)
            breach = session.get_one(Breach, incident.breach_id)
            breach.ended_at, breach.end_reason = after(minutes), "calm"
            values = {
                "state": "closed",
                "resolution": "guest_reached",
                "closed_at": after(minutes),
                "noise_ended_at": after(minutes),
            }
            session.execute(
                update(Incident).where(Incident.id == incident_id).values(values | changes)
            )

    def deliver(self, incident_id: int, reason: str, now: datetime | None = None) -> None:
        """What the outbox does with the row that escalation wrote."""
        item = OutboxItem(
            id=1,
            topic="report",
            key=f"{incident_id}:{reason}",
            payload={"incident_id": incident_id, "reason": reason},
            attempts=1,
        )
        report_deliverer(self.sessions)(item, now or after(48) + timedelta(seconds=1))

    def messages(self) -> list[dict[str, Any]]:
        """Facts of the report messages that were put into the outbox."""
        with self.sessions.read() as session:
            rows = session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "notify"))
            return [row.payload["facts"] for row in rows if row.payload["kind"] == "report_ready"]
