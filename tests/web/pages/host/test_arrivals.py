"""Who arrives next and cannot be called, and typing the number in."""

from __future__ import annotations

from datetime import timedelta

from callassist.domain.booked_stay import stay_key
from callassist.models import PmsReservation, Property, Stay
from callassist.pms_sync.kept import Kept, to_text
from callassist.ports.pms import Reservation, ReservationState
from callassist.stays import ImportedStay, StayDetails, flag_number, put_imported
from tests.web.pages.browser import words_of
from tests.web.pages.host.systems_stage import connected, of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


def arriving(
    stage: Stage,
    name: str,
    *numbers: str,
    days: float = 5,
    other: bool = False,
    source: str = "lodgify",
    external_id: str = "",
) -> str:
    """A guest to come; the stay's public id."""
    now = stage.world.clock.now()
    home = stage.other_home if other else stage.home
    with stage.world.service.sessions.write() as session:
        details = StayDetails(
            check_in_at=now + timedelta(days=days),
            check_out_at=now + timedelta(days=days + 1),
            guest_name=name,
            numbers=numbers,
        )
        stay = ImportedStay(source=source, external_id=external_id or f"of {name}", details=details)
        row = session.get_one(Property, home.id)
        return put_imported(session, stage.vault, row, stay, now=now).stay.public_id


def test_who_cannot_be_called_is_said_with_the_reason(stage: Stage) -> None:
    arriving(stage, "Ada Nobody")
    arriving(stage, "Bo Unreadable", "call me maybe", days=6)
    arriving(stage, "Cy Fine", "+12025550104", days=7)
    flagged = arriving(stage, "Di Wrong", "+12025550105", days=8)
    with stage.world.service.sessions.write() as session:
        stay = session.query(Stay).filter(Stay.public_id == flagged).one()
        flag_number(session, stay.numbers[0].id, "wrong_person", stage.world.clock.now())
    arriving(stage, "Ed Foreign", other=True)
    page = words_of(stage.sign_in(OWNER).page("/stays/arrivals"))
    assert "3 of the next 4 guests cannot be called." in page
    assert "Ada Nobody" in page
    assert "Ed Foreign" not in page
    for said in (
        "no number",
        "the number cannot be dialled",
        "the number is wrong",
        "can be called",
    ):
        assert said in page, said


def test_numbers_are_typed_on_the_spot_and_a_bad_one_keeps_no_other_back(stage: Stage) -> None:
    good, bad = arriving(stage, "Ada"), arriving(stage, "Bo", days=6)
    owner = stage.sign_in(OWNER)
    sent = {f"number-{good}": "+1 202 555 0102", f"number-{bad}": "12"}
    answer = owner.post("/stays/arrivals", **sent)
    assert answer.status_code == 422
    page = words_of(answer.text)
    assert f'id="e-number-{bad}"' in answer.text
    assert 'value="12"' in answer.text
    assert "1 of the next 2 guests cannot be called." in page
    with stage.world.service.sessions.read() as session:
        stay = session.query(Stay).filter(Stay.public_id == good).one()
        assert stage.vault.open(stay.numbers[0].number) == "+12025550102"
        assert "numbers" in stay.typed_fields


def test_only_who_may_write_types_numbers(stage: Stage) -> None:
    stay = arriving(stage, "Ada")
    looker, stranger = stage.sign_in(LOOKER), stage.sign_in(OTHER)
    assert f"number-{stay}" not in looker.page("/stays/arrivals")
    sent = {f"number-{stay}": "+1 202 555 0102"}
    assert looker.post("/stays/arrivals", **sent).status_code == 403
    assert stranger.post("/stays/arrivals", **sent).status_code == 404


def test_the_first_page_asks_for_the_number_two_days_ahead(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    arriving(stage, "Ada", days=3)
    asked = "A guest who arrives soon cannot be called"
    assert asked not in words_of(owner.page("/"))
    arriving(stage, "Bo", days=1.9)
    assert asked in words_of(owner.page("/"))


def test_arrivals_cost_as_much_for_twelve_as_for_two(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    arriving(stage, "Ada")
    arriving(stage, "Bo", "+12025550104")
    before = statements(stage, owner, "/stays/arrivals")
    for n in range(10):
        arriving(stage, f"Guest {n}", *(["+12025550104"] if n % 2 else []), days=6 + n)
    assert statements(stage, owner, "/stays/arrivals") == before


def ending(stage: Stage, name: str, digits: str) -> str:
    """A guest of a calendar that gives only the last digits; the stay's public id."""
    system_id, now = connected(stage, "ical"), stage.world.clock.now()
    told = Reservation(external_id="R1", state=ReservationState.STAYS, visits=(), last_four=digits)
    with stage.world.service.sessions.write() as session:
        connection = of(session, system_id)
        session.add(
            PmsReservation(
                connection_id=connection.id,
                account_id=connection.account_id,
                external_id="R1",
                said=stage.vault.seal(to_text(Kept(reservation=told))),
                digest="",
                state="stays",
                first_day="2026-06-13",
                last_day="2026-06-14",
                read_run=1,
                read_at=now,
            )
        )
    return arriving(stage, name, source="ical", external_id=stay_key(system_id, "R1"))


def test_a_number_that_ends_otherwise_than_there_is_asked_about_once(stage: Stage) -> None:
    stay, owner = ending(stage, "Ada", "0142"), stage.sign_in(OWNER)
    field, form = f"number-{stay}", f"/homes/{stage.home.public_id}/stays/{stay}"
    says = "It ends in 0142, says Calendar (iCal)."
    assert says in words_of(owner.page("/stays/arrivals"))
    assert says in words_of(owner.page(form))
    asked = owner.post("/stays/arrivals", **{field: "+1 202 555 0102"})
    assert asked.status_code == 422
    assert "It ends otherwise than the guest's number there" in words_of(asked.text).replace(
        "’", "'"
    )
    assert f'name="sure-{stay}" value="+1 202 555 0102"' in asked.text
    sure = {f"sure-{stay}": "+1 202 555 0102"}
    assert owner.post("/stays/arrivals", **{field: "+1 202 555 0103", **sure}).status_code == 422
    assert owner.post("/stays/arrivals", **{field: "+1 202 555 0102", **sure}).status_code == 302


def test_a_number_that_ends_so_is_kept_and_another_one_is_warned_of(stage: Stage) -> None:
    stay, owner = ending(stage, "Ada", "0102"), stage.sign_in(OWNER)
    answer = owner.post("/stays/arrivals", **{f"number-{stay}": "+1 202 555 0102"})
    assert answer.status_code == 302
    form = f"/homes/{stage.home.public_id}/stays/{stay}"
    times = {"check_in_at": "2027-06-13T15:00", "check_out_at": "2027-06-14T11:00"}
    same = owner.post(form, numbers="+12025550102", **times)
    assert same.status_code == 302
    other = owner.post(form, numbers="+12025550103", **times)
    assert "ends in 0102 there; none of yours does" in words_of(other.text)
    kept = owner.post(form, numbers="+12025550103", sure="yes", **times)
    assert kept.status_code == 302
