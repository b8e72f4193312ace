"""Which number a call shows."""

from __future__ import annotations

import pytest

from callassist.domain.caller_id import shown_of

HOME, ACCOUNT = "+12025550101", "+12025550102"


@pytest.mark.parametrize(
    ("home", "account", "foreign", "shown"),
    [
        (HOME, ACCOUNT, set(), HOME),
        (None, ACCOUNT, set(), ACCOUNT),
        ("", ACCOUNT, set(), ACCOUNT),
        (HOME, ACCOUNT, {HOME}, ACCOUNT),  # given back at the network
        (HOME, ACCOUNT, {HOME, ACCOUNT}, None),  # the network's own
        (None, None, set(), None),
    ],
)
def test_the_homes_number_is_shown_else_the_accounts_else_the_networks(
    home, account, foreign, shown
):
    assert shown_of(home, account, foreign) == shown
