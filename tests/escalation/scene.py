"""Who is there in a night: a desk with operators, accounts, homes with a stay and contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from callassist.clock import ManualClock
from callassist.models import (
    Account,
    Desk,
    HostContact,
    Operator,
    Property,
    ServiceAgreement,
    Shift,
    Stay,
    StayNumber,
)
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

ANSWERS = "+12025550102"
HOST_ANSWERS = "+12025550103"


@dataclass
class Scene:
    """Rows as administration, hosts and the PMS write them."""

    sessions: Sessions
    clock: ManualClock
    directory: Path
    guest_numbers: tuple[str, ...] = (ANSWERS,)
    host_numbers: tuple[str, ...] = (HOST_ANSWERS,)
    operators: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"Ann": ("en", "fr")})
    guest_language: str = "en"
    on_shift: bool = True

    vault: Vault = field(init=False)

    def _people(self) -> None:
        now = self.clock.now()
        with self.sessions.write() as session:
            desk = Desk(name="Night desk", languages=["en", "fr"], created_at=now)
            session.add(desk)
            session.flush()
            self.desk_id = desk.id
            self.operator_ids: dict[str, int] = {}
            for name, languages in self.operators.items():
                self.operator_ids[name] = self._operator(session, name, languages, now)
        self.account_id = self.add_account("Seaside Homes")
        self.property_id = self.add_home(self.guest_numbers)

    def _operator(
        self, session: Session, name: str, languages: tuple[str, ...], now: datetime
    ) -> int:
        operator = Operator(
            desk_id=self.desk_id,
            name=f"{name} Test",
            desk_name=name,
            languages=list(languages),
            created_at=now,
        )
        session.add(operator)
        session.flush()
        if self.on_shift:
            session.add(
                Shift(
                    operator_id=operator.id,
                    starts_at=now - timedelta(hours=1),
                    ends_at=now + timedelta(hours=12),
                )
            )
        return operator.id

    def add_account(self, name: str) -> int:
        """An account that the night's desk serves."""
        now = self.clock.now()
        with self.sessions.write() as session:
            account = Account(name=name, created_at=now)
            session.add(account)
            session.flush()
            since = now - timedelta(days=1)
            session.add(
                ServiceAgreement(desk_id=self.desk_id, account_id=account.id, starts_at=since)
            )
            return account.id

    def add_home(self, numbers: tuple[str, ...], account_id: int | None = None) -> int:
        """Another home with a stay and the night's host contacts; returns its id."""
        now = self.clock.now()
        account_id = account_id or self.account_id
        with self.sessions.write() as session:
            home = Property(
                account_id=account_id,
                name="Canal flat",
                timezone="Europe/Paris",
                country="FR",
                created_at=now,
            )
            session.add(home)
            session.flush()
            for position, number in enumerate(self.host_numbers, start=1):
                session.add(
                    HostContact(
                        property_id=home.id,
                        position=position,
                        name="Host",
                        phone=self.vault.seal(number),
                        phone_index=self.vault.index(number),
                        phone_mask="+1•••••" + number[-2:],
                        languages=["en"],
                    )
                )
            stay = Stay(
                account_id=account_id,
                property_id=home.id,
                guest_name=self.vault.seal("Robin Example"),
                language=self.guest_language,
                check_in_at=now - timedelta(days=1),
                check_out_at=now + timedelta(days=2),
                source="typed",
                typed_fields={},
                created_at=now,
            )
            session.add(stay)
            session.flush()
            for position, number in enumerate(numbers, start=1):
                session.add(
                    StayNumber(
                        stay_id=stay.id,
                        position=position,
                        number=self.vault.seal(number),
                        number_raw=self.vault.seal(number),
                        number_index=self.vault.index(number),
                        number_mask="+1•••••" + number[-2:],
                        source="typed",
                    )
                )
            return home.id
