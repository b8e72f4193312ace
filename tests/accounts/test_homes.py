"""Homes, their contacts and the policies that they share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from callassist.accounts.contacts import (
    ContactInput,
    add_contact,
    contacts,
    remove_contact,
    update_contact,
)
from callassist.accounts.policies import create_policy, policies, remove_policy, update_policy
from callassist.accounts.properties import (
    PropertyInput,
    archive_property,
    create_property,
    end_pause,
    is_paused,
    pause_property,
    properties,
    restore_property,
    update_property,
)
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import HOST, NOW, VAULT, firm

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"timezone": "CET+1"}, "timezone"),
        ({"timezone": None}, "timezone"),
        ({"country": "FRA"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"language": "french"}, "language"),
        ({"policy": "nope"}, "policy"),
    ],
)
def test_a_home_is_checked_by_field(sessions: Sessions, values: dict[str, Any], field: str) -> None:
    good = {"name": "Loft", "timezone": "Europe/Paris", "country": "fr"}
    with sessions.write() as session:
        place = firm(session)
        typed = PropertyInput(**{**good, **values})
        with pytest.raises(InvalidInput) as refused:
            create_property(session, place.owner, place.account, typed, now=NOW)
        assert refused.value.field == field


def test_homes_are_listed_and_changed_within_the_account_only(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        home_id = place.home.public_id
        typed = PropertyInput(call_name="The canal", host_only=True)
        update_property(session, place.owner, home_id, typed)
        assert (place.home.name, place.home.call_name) == ("Canal 12", "The canal")
        assert properties(session, place.owner) == [place.home]
        with pytest.raises(NotFound):
            update_property(session, other.owner, home_id, typed)
        looker = Viewer(name="v", account_roles={place.account.id: frozenset({Role.VIEWER})})
        with pytest.raises(Forbidden):
            update_property(session, looker, home_id, typed)


def test_a_pause_has_an_end_and_can_be_ended(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        home_id = place.home.public_id
        pause_property(session, place.owner, home_id, NOW + 2 * HOUR, now=NOW)
        assert is_paused(place.home, NOW)
        assert not is_paused(place.home, NOW + 2 * HOUR)
        end_pause(session, place.owner, home_id, now=NOW + HOUR)
        assert not is_paused(place.home, NOW + HOUR)
        for until in (NOW, NOW + timedelta(days=367), NOW.replace(tzinfo=None)):
            with pytest.raises(InvalidInput, match="until"):
                pause_property(session, place.owner, home_id, until, now=NOW)


def test_an_archived_home_is_out_of_the_list_until_it_is_restored(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        home_id = place.home.public_id
        archive_property(session, place.owner, home_id, now=NOW)
        assert properties(session, place.owner) == []
        assert properties(session, place.owner, archived=True) == [place.home]
        with pytest.raises(Conflict):
            pause_property(session, place.owner, home_id, NOW + HOUR, now=NOW)
        restore_property(session, place.owner, home_id)
        assert properties(session, place.owner) == [place.home]


def test_contacts_are_sealed_masked_and_kept_in_calling_order(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session, contact=False)
        home_id = place.home.public_id
        for name, number, position in (
            ("Anna", HOST, None),
            ("Bruno", "+1 202 555 0111", None),
            ("Chloé", "+1 202 555 0112", 1),
        ):
            typed = ContactInput(name=name, phone=number, position=position)
            add_contact(session, VAULT, place.owner, home_id, typed)
        listed = contacts(session, place.owner, home_id)
        assert [(one.position, one.name, one.phone_mask) for one in listed] == [
            (1, "Chloé", "+1•••••12"),
            (2, "Anna", "+1•••••10"),
            (3, "Bruno", "+1•••••11"),
        ]
        assert VAULT.open(listed[1].phone) == "+12025550110"
        remove_contact(session, place.owner, listed[0].public_id)
        left = contacts(session, place.owner, home_id)
        assert [(one.position, one.name) for one in left] == [(1, "Anna"), (2, "Bruno")]


def test_another_number_takes_a_contacts_flag_away_the_same_one_does_not(
    sessions: Sessions,
) -> None:
    with sessions.write() as session:
        place = firm(session)
        (anna,) = contacts(session, place.owner, place.home.public_id)
        anna.flagged_at, anna.flag_reason = NOW, "invalid_number"
        same = ContactInput(phone="+1 (202) 555-0110", name="Anna B.")
        kept = update_contact(session, VAULT, place.owner, anna.public_id, same)
        assert (kept.name, kept.flag_reason) == ("Anna B.", "invalid_number")
        other = ContactInput(phone="+1 202 555 0113")
        changed = update_contact(session, VAULT, place.owner, anna.public_id, other)
        assert (changed.flagged_at, changed.flag_reason) == (None, None)
        with pytest.raises(NotFound):
            update_contact(session, VAULT, firm(session, "B C").owner, anna.public_id, other)


def test_a_contact_needs_a_number_that_can_be_dialled(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session, contact=False)
        for phone in (None, "12", "+33 8 99 70 01 23"):
            typed = ContactInput(name="Anna", phone=phone)
            with pytest.raises(InvalidInput, match="phone"):
                add_contact(session, VAULT, place.owner, place.home.public_id, typed)


def test_a_policy_is_shared_checked_and_kept_while_it_is_used(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        rules = {"quiet_threshold_db": 65.0}
        policy = create_policy(session, place.owner, place.account, "Town", rules, now=NOW)
        assert policy.rules["quiet_threshold_db"] == 65.0
        assert policy.rules["threshold_db"] == 75.0
        with pytest.raises(InvalidInput, match="threshold_db"):
            update_policy(
                session, place.owner, policy.public_id, rules={"threshold_db": 999}, now=NOW
            )
        home_id = place.home.public_id
        update_property(session, place.owner, home_id, PropertyInput(policy=policy.public_id))
        with pytest.raises(Conflict, match="use this policy: 1"):
            remove_policy(session, place.owner, policy.public_id, now=NOW)
        update_property(session, place.owner, home_id, PropertyInput(policy=""))
        remove_policy(session, place.owner, policy.public_id, now=NOW)
        assert policies(session, place.owner) == []


def test_a_policy_of_another_account_cannot_be_used(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Other Homes")
        policy = create_policy(session, other.owner, other.account, "Town", {}, now=NOW)
        typed = PropertyInput(policy=policy.public_id)
        with pytest.raises(InvalidInput, match="policy"):
            update_property(session, place.owner, place.home.public_id, typed)
        with pytest.raises(NotFound):
            remove_policy(session, place.owner, policy.public_id, now=NOW)
