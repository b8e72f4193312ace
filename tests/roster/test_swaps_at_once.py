"""Two people who do something about one shift in the same instant: one of them wins."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

from sqlalchemy import select

from callassist.domain.shift_swap import SwapState
from callassist.errors import Conflict, InvalidInput
from callassist.models import Shift, ShiftSwap
from callassist.roster import swaps
from tests.accounts.scenes import NOW
from tests.roster.swap_scene import HOUR, TONIGHT, Team


def test_of_two_at_once_one_wins(team: Team) -> None:
    for left, right, outcomes in (
        (team.agree, team.withdraw, {SwapState.AGREED, SwapState.WITHDRAWN}),
        (team.confirm, team.withdraw, {SwapState.CONFIRMED, SwapState.WITHDRAWN}),
        (team.confirm, team.decline, {SwapState.CONFIRMED, SwapState.DECLINED}),
        (team.confirm, team.confirm, {SwapState.CONFIRMED}),
    ):
        swap = team.ask()
        if left != team.agree:
            team.agree(swap)
        failed = at_once(lambda: left(swap), lambda: right(swap))  # noqa: B023
        # agreeing and then withdrawing is legal one after the other; all else has one winner
        assert len(failed) <= 1
        assert all(isinstance(one, Conflict) for one in failed)
        assert team.state(swap) in outcomes
        owner = team.bea if team.state(swap) == SwapState.CONFIRMED else team.ana
        assert team.works(team.anas) == owner
        give_back(team, swap)


def test_two_who_ask_about_one_shift_at_once_make_one_request(team: Team) -> None:
    failed = at_once(lambda: team.ask(), lambda: team.ask(who=team.cleo))
    assert [type(one) for one in failed] == [Conflict]
    with team.sessions.read() as session:
        assert len(session.scalars(select(ShiftSwap)).all()) == 1


def test_a_supervisor_who_plans_meanwhile_cannot_make_an_overlap(team: Team) -> None:
    swap = team.ask()
    team.agree(swap)
    failed = at_once(lambda: team.confirm(swap), lambda: team.add(team.bea, TONIGHT + HOUR, 2))
    assert [type(one) for one in failed] in ([Conflict], [InvalidInput])
    with team.sessions.read() as session:
        own = session.scalars(
            select(Shift).where(Shift.operator_id == team.bea).order_by(Shift.starts_at)
        ).all()
    assert all(one.ends_at <= other.starts_at for one, other in itertools.pairwise(own))


def at_once(*moves: Callable[[], object]) -> list[Exception]:
    """Run each in a thread of its own; what went wrong."""
    failed: list[Exception] = []
    start = threading.Barrier(len(moves))

    def run(move: Callable[[], object]) -> None:
        start.wait()
        try:
            move()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def give_back(team: Team, swap: str) -> None:
    """As it was before: Ana works tonight, and nothing is open."""
    with team.at_work() as session:
        row = session.scalars(select(ShiftSwap).where(ShiftSwap.public_id == swap)).one()
        if row.state == SwapState.AGREED:
            swaps.withdraw(session, team.one(session, team.ana), swap, NOW)
        shift = session.scalars(select(Shift).where(Shift.public_id == team.anas)).one()
        shift.operator_id = team.ana
