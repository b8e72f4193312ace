"""Nights in which nobody is there, and all but what is named allows a call to the guest."""

from __future__ import annotations

from datetime import time
from typing import Any

from sqlalchemy import select

from callassist.domain.consent import Channel, Hours, Window
from callassist.domain.policy import EscalationPolicy
from callassist.escalation.context import Escalation
from callassist.models import Consent, IncidentLogEntry, Stay
from tests.escalation.night import Night
from tests.escalation.scene import ANSWERS

ALWAYS = Hours(
    checked_on="2026-01-01",
    defaults={each: Window(opens=time(8), closes=time(9)) for each in Channel},
    running_stay=frozenset({Channel.VOICE}),
)
NEVER = Hours(checked_on="2026-01-01", defaults=ALWAYS.defaults)
TURNED_OFF = EscalationPolicy(automatic_call=False)
PRESSES_ONE, PRESSES_TWO = "+12025550101", "+12025550111"


def untaken(
    night: Any,
    *,
    keys: tuple[str, ...] | None = None,
    consent: bool = True,
    hours: Hours = ALWAYS,
    number: str = ANSWERS,
    **fields: Any,
) -> Night:
    """A call was requested nine minutes and fifty seconds ago, and nobody took it."""
    made: Night = night(guest_numbers=(number,), **fields)
    made.ctx = Escalation(**{**vars(made.ctx), "hours": hours})
    made._start()
    if consent:
        agreed(made, number)
    if keys is not None:
        made.network.keys[number] = keys
    made.noise_for_30_minutes()
    made.pass_time(minutes=9, seconds=50)
    return made


def agreed(night: Night, number: str) -> None:
    """The guest agreed to automatic calls."""
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        session.add(
            Consent(
                account_id=stay.account_id,
                stay_id=stay.id,
                number_index=night.vault.index(number),
                channel="voice",
                text="yes",
                given_by="guest",
                source="guest page",
                given_at=night.clock.now(),
            )
        )


def decided(night: Night) -> list[tuple[object, object]]:
    """Whether an automatic call was made, and why or why not, each time it was due."""
    with night.sessions.read() as session:
        rows = session.scalars(
            select(IncidentLogEntry)
            .where(IncidentLogEntry.action == "automatic_call")
            .order_by(IncidentLogEntry.id)
        )
        return [(row.data["made"], row.data["reason"]) for row in rows]
