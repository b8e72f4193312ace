"""A shift changes hands: asked, agreed, confirmed; and all that stands against it, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from callassist import roster
from callassist.accounts.retention import Retention, forget_expired
from callassist.domain.shift_swap import SwapState
from callassist.domain.viewer import Role, Viewer
from callassist.errors import CallAssistError, Conflict, Forbidden, InvalidInput, NotFound
from callassist.models import Nudge, Shift, ShiftSwap
from callassist.roster import swaps
from callassist.roster.swap_lists import desk_swaps, own_swaps, standing
from callassist.roster.swaps import SwapInput
from tests.accounts.scenes import ADMIN, NOW, desk_with, operator
from tests.roster.swap_scene import DAY, HOUR, TOMORROW, TONIGHT, Team

OVER_LAPSED = "the shift began or was changed meanwhile; ask anew"


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(CallAssistError) as refused:
        do()
    assert isinstance(refused.value, (Conflict, InvalidInput))
    return refused.value.detail


def test_a_shift_is_given_away_once_both_and_the_supervisor_say_so(team: Team) -> None:
    swap = team.ask(reason="  my sister's\nwedding ")
    assert team.row(swap).reason == "my sister's wedding"
    team.agree(swap)
    assert team.works(team.anas) == team.ana  # nothing changes before
    team.confirm(swap)
    assert team.works(team.anas) == team.bea
    assert team.works(team.beas) == team.bea
    assert team.state(swap) == SwapState.CONFIRMED


def test_two_shifts_are_swapped(team: Team) -> None:
    swap = team.ask(back=True)
    team.agree(swap)
    team.confirm(swap)
    assert (team.works(team.anas), team.works(team.beas)) == (team.bea, team.ana)


def test_shifts_at_the_same_time_can_be_swapped_with_each_other(team: Team) -> None:
    with team.at_work() as session:
        roster.move_shift(session, ADMIN, team.beas, TONIGHT + HOUR, TONIGHT + 6 * HOUR)
    assert refusal(team.ask) == "Bea has another shift at that time"
    swap = team.ask(back=True)
    team.agree(swap)
    team.confirm(swap)
    assert (team.works(team.anas), team.works(team.beas)) == (team.bea, team.ana)


def test_nobody_gets_two_shifts_at_once(team: Team) -> None:
    team.add(team.bea, TONIGHT + 7 * HOUR, 2)
    assert refusal(team.ask) == "Bea has another shift at that time"
    team.add(team.ana, TOMORROW + 7 * HOUR, 4)
    with team.at_work() as session:
        own = select(Shift).where(Shift.operator_id == team.bea).order_by(Shift.starts_at)
        roster.remove_shift(session, ADMIN, session.scalars(own).first().public_id)  # type: ignore[union-attr]
    assert refusal(lambda: team.ask(back=True)) == "you have another shift at that time"
    assert team.state(team.ask()) == SwapState.ASKED


def test_a_roster_that_changed_meanwhile_is_looked_at_again_at_each_step(team: Team) -> None:
    swap = team.ask()
    in_the_way = team.add(team.bea, TONIGHT - HOUR, 2)
    assert refusal(lambda: team.agree(swap)) == "you have another shift at that time"
    assert team.state(swap) == SwapState.ASKED  # the refused step left nothing behind
    with team.at_work() as session:
        roster.remove_shift(session, ADMIN, in_the_way)
    team.agree(swap)
    team.add(team.bea, TONIGHT - HOUR, 2)
    assert refusal(lambda: team.confirm(swap)) == "Bea has another shift at that time"
    assert team.state(swap) == SwapState.AGREED
    assert team.works(team.anas) == team.ana


def test_a_shift_that_has_begun_stays_where_it_is(team: Team) -> None:
    begun = "this shift has begun; speak with your supervisor"
    assert refusal(lambda: team.ask(now=TONIGHT)) == begun
    swap = team.ask()
    assert refusal(lambda: team.agree(swap, TONIGHT)) == begun
    team.agree(swap)
    assert refusal(lambda: team.confirm(swap, TONIGHT)) == begun
    assert standing(team.row(swap), TONIGHT - HOUR) is SwapState.AGREED
    assert standing(team.row(swap), TONIGHT) is SwapState.LAPSED
    team.withdraw(swap)  # tidying up is still possible
    assert standing(team.row(swap), TONIGHT) is SwapState.WITHDRAWN


def test_one_shift_is_in_one_open_request(team: Team) -> None:
    told = "there is an open request about this shift already; end that one first"
    first = team.ask(back=True)
    assert refusal(lambda: team.ask(who=team.cleo)) == told
    with team.at_work() as session:  # Bea's own shift, asked for by Ana, cannot be given to Cleo
        bea, cleo = team.one(session, team.bea), team.one(session, team.cleo)
        typed = SwapInput(shift_id=team.beas, colleague_id=cleo.public_id)
        assert refusal(lambda: swaps.ask(session, bea, typed, NOW)) == told
    team.withdraw(first)
    assert team.state(team.ask(who=team.cleo)) == SwapState.ASKED


def test_the_database_itself_refuses_a_second_open_request(team: Team) -> None:
    known = team.row(team.ask())
    same = {
        column.key: getattr(known, column.key)
        for column in ShiftSwap.__table__.columns
        if column.key not in ("id", "public_id")
    }
    with pytest.raises(IntegrityError), team.sessions.engine.begin() as connection:
        connection.execute(insert(ShiftSwap).values(**same, public_id="another"))


def test_what_was_withdrawn_meanwhile_is_over(team: Team) -> None:
    swap = team.ask()
    team.withdraw(swap)
    gone = "this request was withdrawn meanwhile"
    assert refusal(lambda: team.agree(swap)) == gone
    assert refusal(lambda: team.decline(swap)) == gone
    assert refusal(lambda: team.confirm(swap)) == gone
    assert refusal(lambda: team.refuse(swap, "cover")) == gone
    assert refusal(lambda: team.withdraw(swap)) == gone


def test_a_supervisor_does_not_decide_over_the_colleagues_head(team: Team) -> None:
    swap = team.ask()
    assert refusal(lambda: team.confirm(swap)) == "the colleague has not agreed yet"
    team.agree(swap)
    assert refusal(lambda: team.agree(swap)) == "this was agreed to already; a supervisor is next"
    team.decline(swap, "ill after all")
    assert team.row(swap).answer == "ill after all"
    assert refusal(lambda: team.confirm(swap)) == "the colleague who was asked cannot"


def test_a_refusal_says_why(team: Team) -> None:
    swap = team.ask()
    team.agree(swap)
    assert "say why" in refusal(lambda: team.refuse(swap, "  "))
    assert "at most 200 characters" in refusal(lambda: team.refuse(swap, "x" * 201))
    team.refuse(swap, "Two nights in a row are enough")
    assert team.row(swap).answer == "Two nights in a row are enough"
    assert refusal(lambda: team.confirm(swap)) == "a supervisor refused this swap"
    assert team.works(team.anas) == team.ana


@pytest.mark.parametrize("back", [False, True])
def test_a_request_lapses_when_the_supervisor_changes_a_shift_in_it(team: Team, back: bool) -> None:
    swap = team.ask(back=True)
    changed = team.beas if back else team.anas
    with team.at_work() as session:
        roster.move_shift(session, ADMIN, changed, NOW + 3 * DAY, NOW + 3 * DAY + HOUR)
    assert team.state(swap) == SwapState.LAPSED
    assert refusal(lambda: team.agree(swap)) == OVER_LAPSED
    again = team.ask(back=True)
    with team.at_work() as session:
        roster.remove_shift(session, ADMIN, changed)
    assert team.state(again) == SwapState.LAPSED
    assert team.row(again).return_starts_at is not None  # when it was is still told


def test_who_left_the_desk_takes_no_shift(team: Team) -> None:
    swap = team.ask()
    with team.at_work() as session:
        team.one(session, team.bea).active = False
    assert refusal(lambda: team.ask(who=team.bea)) == "colleague: choose a colleague of your desk"
    assert "does not work at this desk any more" in refusal(lambda: team.agree(swap))


def test_only_the_two_and_their_supervisor_have_a_say(team: Team) -> None:
    swap = team.ask()
    with team.at_work() as session:
        elsewhere = desk_with(session)
        stranger = operator(session, elsewhere, "Dan")
        ana, cleo = team.one(session, team.ana), team.one(session, team.cleo)
        for wrong in (ana, cleo, stranger):
            with pytest.raises(NotFound):
                swaps.agree(session, wrong, swap, NOW)
        for wrong in (team.one(session, team.bea), cleo, stranger):
            with pytest.raises(NotFound):
                swaps.withdraw(session, wrong, swap, NOW)
        not_hers = SwapInput(shift_id=team.beas, colleague_id=cleo.public_id)
        with pytest.raises(NotFound):
            swaps.ask(session, ana, not_hers, NOW)
        for wrong in (stranger, ana):
            typed = SwapInput(shift_id=team.anas, colleague_id=wrong.public_id)
            with pytest.raises(InvalidInput):
                swaps.ask(session, ana, typed, NOW)
        operators = Viewer(name="op", desk_roles={team.desk: frozenset({Role.OPERATOR})})
        other = Viewer(name="sup", desk_roles={elsewhere.id: frozenset({Role.SUPERVISOR})})
        with pytest.raises(Forbidden):
            swaps.confirm(session, operators, swap, NOW)
        with pytest.raises(NotFound):
            swaps.confirm(session, other, swap, NOW)
        with pytest.raises(NotFound):
            desk_swaps(session, other, ana.desk, NOW)
    assert team.state(swap) == SwapState.ASKED


def test_a_language_left_without_anybody_is_a_warning_and_no_refusal(team: Team) -> None:
    swap = team.ask()
    team.agree(swap)
    team.add(team.ana, TONIGHT + 9 * HOUR, 1)
    with team.sessions.read() as session:
        desk = team.one(session, team.ana).desk
        [line] = desk_swaps(session, team.chief(), desk, NOW)
    [lost] = line.lost
    assert (lost.language, lost.span.starts_at, lost.span.ends_at) == (
        "fr",
        TONIGHT,
        TONIGHT + 8 * HOUR,
    )
    team.confirm(swap)
    assert team.works(team.anas) == team.bea


def test_nothing_is_lost_where_somebody_else_speaks_it(team: Team) -> None:
    with team.at_work() as session:
        team.one(session, team.cleo).languages = ["fr"]
    team.add(team.cleo, TONIGHT - HOUR, 12)
    team.ask()
    with team.sessions.read() as session:
        [line] = desk_swaps(session, team.chief(), team.one(session, team.ana).desk, NOW)
    assert line.lost == ()


def test_a_request_for_next_month_is_shown_until_it_is_answered(team: Team) -> None:
    with team.at_work() as session:
        roster.move_shift(session, ADMIN, team.anas, NOW + 30 * DAY, NOW + 30 * DAY + HOUR)
    swap = team.ask()
    with team.sessions.read() as session:
        bea = team.one(session, team.bea)
        assert [one.is_open for one in own_swaps(session, bea, NOW + 20 * DAY)] == [True]
    team.withdraw(swap)
    with team.sessions.read() as session:
        assert [one.is_open for one in own_swaps(session, bea, NOW + 2 * DAY)] == [False]
        assert own_swaps(session, bea, NOW + 20 * DAY) == []


def test_open_pages_of_the_desk_are_nudged_and_told_nothing_else(team: Team) -> None:
    swap = team.ask(reason="private")
    with team.sessions.read() as session:
        [nudge] = session.scalars(select(Nudge).where(Nudge.public_id == swap)).all()
        assert (nudge.kind, nudge.desk_id) == ("shift", team.desk)


def test_what_colleagues_said_is_forgotten_three_months_after_the_shift(team: Team) -> None:
    team.ask(reason="my sister's wedding")
    early, late = (TONIGHT + 8 * HOUR + days * DAY for days in (89, 91))
    assert forget_expired(team.sessions, Retention(), early)["shift_swaps"] == 0
    assert forget_expired(team.sessions, Retention(), late)["shift_swaps"] == 1
    with team.sessions.read() as session:
        assert session.scalars(select(ShiftSwap)).all() == []
    assert team.works(team.anas) == team.ana
