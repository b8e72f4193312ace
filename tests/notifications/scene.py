"""A small world for notifications: one account, a home, a desk, and channels that listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.clock import ManualClock
from callassist.domain.incident import IncidentState
from callassist.domain.viewer import Role
from callassist.models import (
    Account,
    CallAttempt,
    CallTask,
    Desk,
    DutySpan,
    Incident,
    Notification,
    NotificationChannel,
    Operator,
    Person,
    Property,
    RoleBinding,
    Shift,
    Stay,
)
from callassist.notifications import (
    MORNING_NOTE,
    NOTIFY,
    SEND,
    STEP,
    notify_deliverer,
    on_morning_note,
    on_needs_you_step,
    send_deliverer,
)
from callassist.outbox import OutboxLoop
from callassist.ports.messages import Message
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.timers import TimerLoop

Row = TypeVar("Row")

PUBLIC_URL = "https://calls.example.com"


@dataclass
class Listener:
    """A channel adapter that keeps what it was given; `refusals` are raised first, in order."""

    heard: list[tuple[str, Message]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)

    def send(self, address: str, message: Message) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.heard.append((address, message))

    @property
    def titles(self) -> list[str]:
        return [message.title for _, message in self.heard]


class Scene:
    """Rows, loops and listeners; time moves by `pass_time`."""

    def __init__(self, sessions: Sessions, clock: ManualClock) -> None:
        self.sessions, self.clock = sessions, clock
        self.vault = Vault.from_text(Vault.generate_key())
        self.push, self.email, self.apprise = Listener(), Listener(), Listener()
        channels = {"push": self.push, "email": self.email, "apprise": self.apprise}
        self.outbox = OutboxLoop(
            sessions,
            clock,
            {
                NOTIFY: notify_deliverer(sessions),
                SEND: send_deliverer(sessions, self.vault, channels, PUBLIC_URL),
            },
        )
        handlers = {STEP: on_needs_you_step, MORNING_NOTE: on_morning_note()}
        self.timers = TimerLoop(sessions, clock, handlers)
        with sessions.write() as session:
            account = _add(
                session, Account(name="Delta", timezone="Europe/Paris", created_at=self.now)
            )
            home = _add(
                session,
                Property(
                    account_id=account.id,
                    name="Canal 12",
                    timezone="Europe/Paris",
                    country="FR",
                    created_at=self.now,
                ),
            )
            self.account_id, self.home_id, self.home_public_id = account.id, home.id, home.public_id

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def pass_time(self, **span: float) -> None:
        """Let the clock jump, and everything that is due happen."""
        self.clock.advance(**span)
        self.timers.run_due()
        self.outbox.run_due()

    def tell(self, kind: str, key: str = "k1", **more: object) -> None:
        """Put a message into the outbox as other packages do, and deliver."""
        payload = {"kind": kind, "account_id": self.account_id, "facts": {}, **more}
        with self.sessions.write() as session:
            outbox.put(session, NOTIFY, key, payload, now=self.now)
        self.outbox.run_due()

    def person(self, name: str, role: Role = Role.OWNER, desk_id: int | None = None) -> int:
        with self.sessions.write() as session:
            person = _add(
                session,
                Person(
                    email=f"{name}@example.com", name=name, fs_uniquifier=name, created_at=self.now
                ),
            )
            account_id = self.account_id if desk_id is None else None
            _add(
                session,
                RoleBinding(person_id=person.id, role=role, account_id=account_id, desk_id=desk_id),
            )
            return person.id

    def channel(
        self,
        kind: str,
        address: str = "a@example.com",
        *,
        person_id: int | None = None,
        desk_id: int | None = None,
        language: str = "en",
        muted: Sequence[str] = (),
        wanted: Sequence[str] = (),
    ) -> int:
        with self.sessions.write() as session:
            return _add(
                session,
                NotificationChannel(
                    account_id=self.account_id if desk_id is None else None,
                    desk_id=desk_id,
                    person_id=person_id,
                    kind=kind,
                    address=self.vault.seal(address),
                    address_mask="a•••",
                    language=language,
                    muted_kinds=list(muted),
                    wanted_kinds=list(wanted),
                    created_at=self.now,
                ),
            ).id

    def incident(self, guest: str = "Marie Dupont", desk_id: int | None = None) -> int:
        with self.sessions.write() as session:
            stay = _add(
                session,
                Stay(
                    account_id=self.account_id,
                    property_id=self.home_id,
                    guest_name=self.vault.seal(guest),
                    check_in_at=self.now - timedelta(days=1),
                    check_out_at=self.now + timedelta(days=2),
                    source="typed",
                    typed_fields={},
                    created_at=self.now,
                ),
            )
            return _add(
                session,
                Incident(
                    reference="amber fox",
                    account_id=self.account_id,
                    property_id=self.home_id,
                    desk_id=desk_id,
                    stay_id=stay.id,
                    policy={},
                    cadence={},
                    state=IncidentState.CALLING_GUEST,
                    opened_at=self.now,
                    opened_by="noise",
                    language="en",
                ),
            ).id

    def desk(self) -> int:
        with self.sessions.write() as session:
            desk = Desk(name="Night desk", languages=["en"], created_at=self.now)
            return _add(session, desk).id

    def on_shift(self, desk_id: int, person_id: int) -> None:
        with self.sessions.write() as session:
            operator = _add(
                session,
                Operator(
                    desk_id=desk_id,
                    person_id=person_id,
                    name="Sam",
                    desk_name="Sam",
                    languages=["en"],
                    created_at=self.now,
                ),
            )
            ends_at = self.now + timedelta(hours=8)
            _add(session, Shift(operator_id=operator.id, starts_at=self.now, ends_at=ends_at))

    def on_duty(self, person_id: int | None, position: int = 1) -> None:
        with self.sessions.write() as session:
            _add(
                session,
                DutySpan(
                    account_id=self.account_id,
                    person_id=person_id,
                    name="On duty",
                    phone=None if person_id else self.vault.seal("+12025550101"),
                    languages=["en"],
                    position=position,
                    starts_at=self.now,
                    ends_at=self.now + timedelta(hours=12),
                ),
            )

    def log(self) -> list[Notification]:
        """The delivery log, oldest first."""
        with self.sessions.read() as session:
            return list(session.scalars(select(Notification).order_by(Notification.id)))

    def channel_row(self, channel_id: int) -> NotificationChannel:
        with self.sessions.read() as session:
            return session.get_one(NotificationChannel, channel_id)


def add_attempt(
    session: Session,
    account_id: int,
    incident_id: int,
    number: int,
    now: datetime,
    *,
    counted: bool,
) -> None:
    """One dial to the guest that has ended."""
    task = CallTask(
        incident_id=incident_id,
        account_id=account_id,
        party="guest",
        attempt_number=number,
        state="completed",
        language="en",
        available_at=now,
        created_at=now,
    )
    attempt = CallAttempt(
        task_id=_add(session, task).id,
        incident_id=incident_id,
        account_id=account_id,
        dial_number=1,
        party="guest",
        attempt_number=number,
        number_index="x",
        number_mask="+1•••••01",
        state="ended",
        provider="simulated",
        dial_token=f"t{number}",
        requested_at=now,
        dial_at=now,
        counted=counted,
    )
    _add(session, attempt)


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
