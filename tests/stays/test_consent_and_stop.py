"""What guests agreed to, and what they asked us not to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from callassist import stays
from callassist.accounts.scripts import load_hours
from callassist.domain.consent import Channel, Reason
from callassist.errors import InvalidInput, NotFound
from callassist.stays import ConsentInput
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, VAULT, firm, stay

HOURS = load_hours(Path(__file__).parents[2] / "config" / "hours.toml")
NOON = NOW + timedelta(hours=14)  # 12:00 in Paris
YES = ConsentInput(
    channel="sms", text="Texts about noise during my stay", given_by="guest", source="guest page"
)


def test_without_consent_nothing_automatic_goes_out(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place)

        def decide(at=NOON, channel=Channel.SMS):
            return stays.automatic_contact(
                session, VAULT, HOURS, place.home, one, channel, now=at
            ).reason

        assert decide() is Reason.NO_CONSENT
        given = stays.give_consent(session, place.owner, one.public_id, YES, now=NOW)
        assert decide() is Reason.ALLOWED
        assert decide(channel=Channel.VOICE) is Reason.NO_CONSENT
        assert decide(at=NOW) is Reason.OUTSIDE_HOURS
        stays.withdraw_consent(session, place.owner, given.public_id, NOW)
        assert decide() is Reason.NO_CONSENT


def test_stop_holds_for_every_account_until_the_number_opts_in(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        here, there = stay(session, place), stay(session, other)
        stays.give_consent(session, other.owner, there.public_id, YES, now=NOW)
        index = here.numbers[0].number_index
        assert stays.stop(session, index, "sms", NOW)
        assert not stays.stop(session, index, "sms", NOW)
        assert stays.is_stopped(session, *VAULT.indexes("+12025550101"))
        decision = stays.automatic_contact(
            session, VAULT, HOURS, other.home, there, Channel.SMS, now=NOON
        )
        assert decision.reason is Reason.STOPPED
        assert stays.dialable(session, there, NOW) != []  # a person may still call
        assert stays.opt_in(session, index)
        assert not stays.opt_in(session, index)


def test_do_not_phone_me_also_ends_operators_calls_for_this_stay_only(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place, nights=1)
        next_one = stay(session, place, check_in=timedelta(days=1))
        stays.do_not_call(session, one, one.numbers[0].number_index, "operator", NOW)
        assert stays.dialable(session, one, NOW) == []
        assert stays.is_stopped(session, one.numbers[0].number_index)
        assert len(stays.dialable(session, next_one, NOW)) == 1


def test_a_consent_to_another_account_does_not_count(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        here, there = stay(session, place), stay(session, other)
        stays.give_consent(session, place.owner, here.public_id, YES, now=NOW)
        decision = stays.automatic_contact(
            session, VAULT, HOURS, other.home, there, Channel.SMS, now=NOON
        )
        assert decision.reason is Reason.NO_CONSENT
        with pytest.raises(NotFound):
            stays.consents(session, other.owner, here.public_id)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (replace(YES, channel="fax"), "channel"),
        (replace(YES, given_by="me"), "given_by"),
        (replace(YES, text=" "), "text"),
        (replace(YES, source="x" * 256), "source"),
    ],
)
def test_an_incomplete_consent_is_refused_by_field(
    sessions: Sessions, typed: ConsentInput, field: str
) -> None:
    with sessions.write() as session:
        place = firm(session)
        one = stay(session, place, GUEST)
        with pytest.raises(InvalidInput) as refused:
            stays.give_consent(session, place.owner, one.public_id, typed, now=NOW)
        assert refused.value.field == field
