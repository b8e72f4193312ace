"""Which desk serves an account, and who of the account is rung."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist import roster
from callassist.accounts.agreements import agree, end_agreement
from callassist.accounts.desks import own_desk, update_desk
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.roster import DutyInput
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, HOST, NOW, VAULT, desk_with, firm

DAY = timedelta(days=1)


def test_the_agreement_in_force_decides_and_else_the_accounts_own_desk(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        account_id = place.account.id
        assert roster.desk_for(session, account_id, NOW) is None
        own = own_desk(session, place.account, now=NOW)
        night = desk_with(session)
        agreement = agree(
            session, ADMIN, night, place.account, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY
        )
        assert roster.desk_for(session, account_id, NOW) == own
        assert roster.desk_for(session, account_id, NOW + DAY) == night
        assert roster.agreement_for(session, account_id, NOW + DAY) == agreement
        assert roster.desk_for(session, account_id, NOW + 3 * DAY) == own
        end_agreement(session, place.owner, agreement.public_id, NOW + 2 * DAY)
        assert roster.desk_for(session, account_id, NOW + 2 * DAY) == own


def test_an_agreement_takes_somebody_who_speaks_for_both_sides(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(Forbidden):
            agree(session, place.owner, desk_with(session), place.account, starts_at=NOW)


def test_the_duty_rota_is_rung_in_order(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        for name, position in (("Second", 2), ("First", 1)):
            typed = DutyInput(
                name=name, phone=HOST, position=position, starts_at=NOW, ends_at=NOW + DAY
            )
            roster.add_duty(session, VAULT, place.owner, place.account.id, typed)
        on_duty = roster.duty_now(session, place.account.id, NOW)
        assert [span.name for span in on_duty] == ["First", "Second"]
        assert VAULT.open(on_duty[0].phone or b"") == "+12025550110"
        assert roster.duty_now(session, place.account.id, NOW + DAY) == []
        roster.remove_duty(session, place.owner, on_duty[0].public_id)
        assert len(roster.duty_now(session, place.account.id, NOW)) == 1


def test_duty_without_a_phone_or_person_is_refused(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        typed = DutyInput(name="Nobody", starts_at=NOW, ends_at=NOW + DAY)
        with pytest.raises(InvalidInput, match="phone"):
            roster.add_duty(session, VAULT, place.owner, place.account.id, typed)
        with pytest.raises(NotFound):
            roster.add_duty(session, VAULT, other.owner, place.account.id, typed)
        with pytest.raises(NotFound):
            roster.duty_spans(session, Viewer(name="x"), place.account.id, NOW, NOW + DAY)


def test_the_desks_duty_phone_is_sealed_and_can_be_rung(sessions: Sessions) -> None:
    with sessions.write() as session:
        desk = desk_with(session)
        assert roster.desk_duty_phone(session, VAULT, desk.id) is None
        update_desk(session, VAULT, ADMIN, desk, duty_phone=HOST)
        assert b"2025550110" not in (desk.duty_phone or b"")
        assert roster.desk_duty_phone(session, VAULT, desk.id) == "+12025550110"
