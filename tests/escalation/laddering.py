"""Nights with the ladder: who agreed to texts, noise that goes on, and what was written."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from callassist.domain.consent import Channel, Hours, Window
from callassist.domain.policy import EscalationPolicy
from callassist.escalation import texts
from callassist.escalation.context import Escalation
from callassist.models import (
    Breach,
    Consent,
    GuestText,
    IncidentLogEntry,
    Stay,
    StopEntry,
)
from callassist.ports.texting import TextReport, TextStatus
from tests.escalation.night import Night
from tests.escalation.scene import ANSWERS

UNREACHABLE = "+12025550170"
ALWAYS = Hours(
    checked_on="2026-01-01",
    defaults={each: Window(opens=time(8), closes=time(9)) for each in Channel},
    running_stay=frozenset({Channel.SMS}),
)
NEVER = Hours(checked_on="2026-01-01", defaults=ALWAYS.defaults)
LADDER = EscalationPolicy(ladder_enabled=True)


def agreed(night: Night, number: str = ANSWERS) -> None:
    """The guest agreed to texts."""
    with night.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        session.add(
            Consent(
                account_id=stay.account_id,
                stay_id=stay.id,
                number_index=night.vault.index(number),
                channel="sms",
                text="yes",
                given_by="guest",
                source="guest page",
                given_at=night.clock.now(),
            )
        )


def ladder_night(night: Any, *, consent=True, hours=ALWAYS, number=ANSWERS, **fields: Any) -> Night:
    """A night in which all but what is named allows texts to the guest."""
    made: Night = night(policy=LADDER, guest_numbers=(number,), **fields)
    context = {**vars(made.ctx), "hours": hours}
    made.ctx = Escalation(**context)
    made._start()
    if consent:
        agreed(made, number)
    return made


def loud(night: Night, minutes: float) -> None:
    """It stays loud, minute by minute, as a level sensor tells it."""
    end = night.clock.now() + timedelta(minutes=minutes)
    while night.clock.now() < end:
        night.pass_time(minutes=1)
        with night.sessions.write() as session:
            session.get_one(Breach, night.breach_id).last_loud_at = night.clock.now()
        night.run()


def warned(night: Night) -> list[tuple[int, object, str]]:
    return [
        (entry.data["step"], entry.data["sent"], entry.data["reason"])
        for entry in entries(night)
        if entry.action == "guest_warned"
    ]


def entries(night: Night) -> list[IncidentLogEntry]:
    with night.sessions.read() as session:
        return list(session.scalars(select(IncidentLogEntry).order_by(IncidentLogEntry.id)))


def rows(night: Night) -> list[GuestText]:
    with night.sessions.read() as session:
        return list(session.scalars(select(GuestText).order_by(GuestText.step)))


def report(night: Night, text: GuestText, status=TextStatus.DELIVERED, text_id: str = "") -> None:
    told = TextReport(text_id=text_id or text.provider_text_id or "TXT1", status=status)
    with night.sessions.write() as session:
        texts.record_text_report(session, night.ctx, text.token, told, night.clock.now())


def stopped(session, night):
    entry = StopEntry(
        number_index=night.vault.index(ANSWERS), stopped_at=night.clock.now(), source="sms"
    )
    session.add(entry)


def until_loud(night: Night, minutes: float) -> datetime:
    night.noise_begins()
    loud(night, minutes)
    return night.clock.now()
