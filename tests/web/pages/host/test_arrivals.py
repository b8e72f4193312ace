"""Who arrives next and cannot be called, and typing the number in."""

from __future__ import annotations

from datetime import timedelta

from callassist.models import Property, Stay
from callassist.stays import ImportedStay, StayDetails, flag_number, put_imported
from tests.web.pages.browser import words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


def arriving(stage: Stage, name: str, *numbers: str, days: float = 5, other: bool = False) -> str:
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
        stay = ImportedStay(source="lodgify", external_id=f"of {name}", details=details)
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
