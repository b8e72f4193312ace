"""When an account may be deleted and a person leave: the decisions alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callassist.domain.deletion import (
    Move,
    Refusal,
    Standing,
    Tie,
    Wish,
    is_the_same,
    next_move,
    refusal,
    tie,
)

DUE = datetime(2026, 6, 20, 20, tzinfo=UTC)
WISH = Wish(
    is_owner=True,
    name="Canal Homes",
    typed_name="Canal Homes",
    has_open_incident=False,
    is_asked_already=False,
    serves_others=False,
)
WAITING = Standing(due_at=DUE, undone_at=None, begun_at=None, done_at=None)


def test_an_owner_who_types_the_name_is_not_refused():
    assert refusal(WISH) is None
    assert refusal(replace(WISH, typed_name="  canal   HOMES ")) is None


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (replace(WISH, is_owner=False), Refusal.NOT_AN_OWNER),
        (replace(WISH, typed_name="Canal"), Refusal.OTHER_NAME),
        (replace(WISH, typed_name=""), Refusal.OTHER_NAME),
        (replace(WISH, has_open_incident=True), Refusal.INCIDENT_OPEN),
        (replace(WISH, is_asked_already=True), Refusal.ASKED_ALREADY),
        (replace(WISH, serves_others=True), Refusal.SERVES_OTHERS),
        (replace(WISH, is_owner=False, typed_name="", has_open_incident=True), "not_an_owner"),
    ],
)
def test_each_reason_to_refuse_is_named(wish, why):
    assert refusal(wish) == why


@pytest.mark.parametrize(
    ("standing", "busy", "now", "move"),
    [
        (WAITING, False, DUE - timedelta(seconds=1), Move.WAIT),
        (WAITING, True, DUE - timedelta(seconds=1), Move.WAIT),
        (WAITING, False, DUE, Move.BEGIN),
        (WAITING, True, DUE + timedelta(days=9), Move.HOLD),
        (replace(WAITING, undone_at=DUE), False, DUE, Move.NOTHING),
        (replace(WAITING, begun_at=DUE), True, DUE, Move.GO_ON),
        (replace(WAITING, begun_at=DUE, done_at=DUE), False, DUE, Move.NOTHING),
    ],
)
def test_housekeeping_waits_holds_begins_and_goes_on(standing, busy, now, move):
    assert next_move(standing, has_open_incident=busy, now=now) is move


def test_a_call_in_hand_and_being_the_last_one_keep_somebody():
    free = {"last_owner": False, "last_administrator": False, "call_in_hand": False}
    assert tie(**free) is None
    assert tie(**free | {"last_owner": True}) is Tie.LAST_OWNER
    assert tie(**free | {"last_administrator": True}) is Tie.LAST_ADMINISTRATOR
    assert tie(**dict.fromkeys(free, True)) is Tie.CALL_IN_HAND


def test_no_name_is_not_confirmed_by_typing_nothing():
    assert not is_the_same("", "")
    assert not is_the_same("  ", "")
