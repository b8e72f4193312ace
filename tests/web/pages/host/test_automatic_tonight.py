"""The home's page says whether its guest gets automatic texts tonight, or why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.domain.policy import EscalationPolicy
from callassist.models import Consent, Policy, Property, Stay, StopEntry
from tests.web.pages.stage import OWNER


def ladder(session, home, stay, now):
    rules = EscalationPolicy(ladder_enabled=True).to_dict()
    policy = Policy(
        account_id=home.account_id, name="Texts", rules=rules, created_at=now, updated_at=now
    )
    session.add(policy)
    session.flush()
    home.policy_id = policy.id


def agreed(session, home, stay, now):
    session.add(
        Consent(
            account_id=home.account_id,
            stay_id=stay.id,
            number_index=stay.numbers[0].number_index,
            channel="sms",
            text="yes",
            given_by="guest",
            source="page",
            given_at=now,
        )
    )


def spoken_to(session, home, stay, now):
    agreed(session, home, stay, now)
    session.flush()
    session.scalars(select(Consent)).one().channel = "voice"


def stopped(session, home, stay, now):
    index = stay.numbers[0].number_index
    session.add(StopEntry(number_index=index, stopped_at=now, source="sms"))


def shadowed(session, home, stay, now):
    home.shadow_since = now


def not_to_be_phoned(session, home, stay, now):
    stay.do_not_call_at = now


def gone(session, home, stay, now):
    stay.check_out_at = now - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "no, the rules of this home do not ask for any"),
        ((ladder,), "no, the guest has not agreed"),
        ((ladder, agreed), "yes, between 08:00 and 21:00; not at other hours"),
        ((ladder, agreed, stopped), "no, the guest stopped them"),
        ((ladder, agreed, shadowed), "no, the home is in shadow mode"),
        ((ladder, agreed, not_to_be_phoned), "no, the guest does not want to be phoned"),
        ((ladder, agreed, gone), "no, nobody with a number that works"),
        ((), "Automatic call when no operator is free: no, the guest has not agreed to it"),
        ((spoken_to,), "Automatic call when no operator is free: yes, between 10:00 and 20:00"),
        (
            (spoken_to, stopped),
            "Automatic call when no operator is free: no, the guest stopped such calls",
        ),
    ],
)
def test_the_home_page_says_whether_messages_go_out_tonight(stage, changes, said):
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        home = session.scalars(select(Property).where(Property.public_id == stage.home_id)).one()
        stay = session.scalars(select(Stay).where(Stay.property_id == home.id)).one()
        for change in changes:
            change(session, home, stay, now)
    page = stage.sign_in(OWNER).get(f"/homes/{stage.home_id}").text
    lead = "" if said.startswith("Automatic") else "Automatic messages tonight: "
    assert f"{lead}{said}" in page


def without_a_number(session, home, stay, now):
    stay.numbers.clear()
    session.flush()
    session.query(Consent).update({"number_index": ""})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((ladder, agreed, without_a_number), "yes, in the booking’s conversation"),
        ((ladder, without_a_number), "no, nobody with a number that works"),
        ((ladder, agreed), "yes, between 08:00 and 21:00; not at other hours"),
        ((ladder, agreed, stopped), "no, the guest stopped them"),
    ],
)
def test_a_conversation_takes_the_messages_where_no_text_can_go(stage, changes, said):
    conversations = stage.world.service.systems.conversations
    conversations.connection_of = lambda session, stay_id: 1
    test_the_home_page_says_whether_messages_go_out_tonight(stage, changes, said)
