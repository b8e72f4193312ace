"""Numbers of several accounts are looked up, each over the network of its own account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.domain.line_type import LineType
from callassist.errors import TransientError
from callassist.escalation import number_lookups
from callassist.escalation.number_lookups import look_up_numbers
from callassist.models import NumberLookup
from callassist.ports.number_lookup import NumberInfo
from callassist.ports.own_networks import NoOwnNetworks
from tests.escalation.two_legs import TwoLegNetwork

KEPT = timedelta(days=30)
SECOND, THIRD = "+12025550112", "+12025550113"


class Asked(TwoLegNetwork):
    """A network that knows every number, unless it does not answer."""

    is_silent = False
    questions = 0

    def look_up(self, e164):
        self.questions += 1
        if self.is_silent:
            raise TransientError("the token is not accepted")
        return NumberInfo(is_valid=True, line_type=LineType.MOBILE)


class Own(NoOwnNetworks):
    def __init__(self, account_id, network):
        self.account_id, self.network = account_id, network

    def of(self, account_id):
        return self.network if account_id == self.account_id else None


@pytest.fixture
def theirs(clock):
    """One account's own network, whose token was replaced."""
    network = Asked(clock, name="own-broken")
    network.is_silent = True
    return network


@pytest.mark.parametrize("at_once", [1, 20])
def test_an_accounts_broken_network_keeps_no_other_accounts_numbers_waiting(
    night, clock, theirs, monkeypatch, at_once
):
    monkeypatch.setattr(number_lookups, "AT_ONCE", at_once)
    home = night(telephony=Asked(clock))
    home.add_home((SECOND,), account_id=home.add_account("Other Homes"))
    home.add_home((THIRD,))
    ctx = replace(home.ctx, own_networks=Own(home.account_id, theirs))
    assert look_up_numbers(ctx, KEPT, clock.now()) == 1
    with home.sessions.read() as session:
        assert len(session.scalars(select(NumberLookup)).all()) == 1
    assert theirs.questions == 1


def test_a_network_that_does_not_answer_is_asked_once_in_a_round(night, clock):
    service = Asked(clock)
    service.is_silent = True
    home = night(telephony=service)
    home.add_home((SECOND,), account_id=home.add_account("Other Homes"))
    assert look_up_numbers(home.ctx, KEPT, clock.now()) == 0
    assert service.questions == 1
