"""The rule of automatic contact: the first obstacle is named."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.accounts.scripts import load_hours
from callassist.domain.consent import (
    Channel,
    ContactFacts,
    Hours,
    Reason,
    Window,
    may_contact_automatically,
    parse_hours,
)
from callassist.errors import InvalidInput

HOURS = load_hours(Path(__file__).parents[2] / "config" / "hours.toml")
CONSENTED = ContactFacts(country="DE", consent=True)


@pytest.mark.parametrize(
    ("country", "channel", "clock", "allowed"),
    [
        ("DE", Channel.VOICE, "07:59", False),
        ("DE", Channel.VOICE, "08:00", True),
        ("DE", Channel.VOICE, "20:59", True),
        ("DE", Channel.VOICE, "21:00", False),
        ("FR", Channel.VOICE, "20:30", False),
        ("FR", Channel.SMS, "20:30", True),
        ("US", Channel.VOICE, "20:30", True),
        ("CA", Channel.VOICE, "18:00", False),
    ],
)
def test_the_hours_of_the_country_hold(
    country: str, channel: Channel, clock: str, allowed: bool
) -> None:
    local = datetime.combine(datetime(2026, 6, 13, tzinfo=UTC), time.fromisoformat(clock), UTC)
    facts = ContactFacts(country=country, consent=True)
    assert may_contact_automatically(facts, HOURS, local, channel).allowed is allowed


@given(
    flags=st.fixed_dictionaries(
        {
            name: st.booleans()
            for name in ("has_number", "flagged", "stay_over", "do_not_call", "stopped", "consent")
        }
    ),
    clock=st.times(),
    channel=st.sampled_from(Channel),
    country=st.sampled_from(["FR", "US", "DE", "CA"]),
)
def test_nothing_goes_out_without_consent_or_against_a_stop(
    flags: dict[str, bool], clock: time, channel: Channel, country: str
) -> None:
    facts = ContactFacts(country=country, **flags)
    local = datetime.combine(datetime(2026, 6, 13, tzinfo=UTC), clock, UTC)
    decision = may_contact_automatically(facts, HOURS, local, channel)
    clean = flags["has_number"] and flags["consent"]
    clean = clean and not any(
        flags[name] for name in ("flagged", "stay_over", "do_not_call", "stopped")
    )
    assert decision.allowed is (clean and HOURS.window(country, channel).holds(clock))
    assert (decision.reason is Reason.ALLOWED) is decision.allowed


def test_a_channel_set_free_for_running_stays_ignores_the_hours() -> None:
    free = Hours(
        checked_on="2026-08-01",
        defaults={channel: Window(opens=time(8), closes=time(21)) for channel in Channel},
        running_stay=frozenset({Channel.SMS}),
    )
    night = datetime(2026, 6, 13, 2, tzinfo=UTC)
    assert may_contact_automatically(CONSENTED, free, night, Channel.SMS).allowed
    voice = may_contact_automatically(CONSENTED, free, night, Channel.VOICE)
    assert voice.reason is Reason.OUTSIDE_HOURS


def test_every_entry_of_the_table_names_its_source() -> None:
    assert HOURS.checked_on
    assert all(window.source for window in HOURS.countries.values())


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"checked_on": "x", "default": {"voice": {"opens": time(8), "closes": time(21)}}},
        {
            "checked_on": "x",
            "default": {
                "voice": {"opens": time(22), "closes": time(21)},
                "sms": {"opens": time(8), "closes": time(21)},
            },
        },
    ],
)
def test_a_broken_table_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        parse_hours(table)
