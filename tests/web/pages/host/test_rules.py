"""Sets of rules: what is wrong stands beside its field; tried on the past; changed and undone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from callassist.models import NoiseReading, Policy, Sensor
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage

RULES: dict[str, str | list[str]] = {
    "name": "City flats",
    "threshold_db": "75",
    "quiet_threshold_db": "70",
    "quiet_1_start": "22:00",
    "quiet_1_end": "08:00",
    "quiet_1_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "persist_for": "30",
    "open_after": "10",
    "calm_after": "5",
    "attempts": "3",
    "attempt_gap": "5",
    "warn_1": "10",
    "warn_2": "20",
}


def send(owner: Browser, path: str, do: str = "save", **changed: str) -> TestResponse:
    fields: dict[str, str | list[str]] = {**RULES, "do": do, **changed}
    return owner.post(path, **fields)


def saved(stage: Stage, owner: Browser, **changed: str) -> str:
    """A set of rules that the home has; its address."""
    answer = send(owner, "/rules/new", for_home=stage.home_id, **changed)
    assert answer.status_code == 302, words_of(answer.text)
    return str(answer.location)


def a_loud_night(stage: Stage, level: float = 72.0) -> None:
    """An hour of noise in the evening before, a reading each minute."""
    stage.hears(50)
    stage.pair()
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        sensor = session.scalars(select(Sensor)).one()
        for minute in range(120):
            at = now - timedelta(hours=20) + timedelta(minutes=minute)
            session.add(
                NoiseReading(
                    sensor_id=sensor.id,
                    event_key=f"{minute}",
                    at=at,
                    received_at=at,
                    kind="level",
                    level_db=level if minute < 60 else 40.0,
                    verdict="applied",
                )
            )


def test_a_set_is_made_for_a_home_and_shown_there(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    saved(stage, owner, threshold_db="68,5", quiet_persist_for="15")
    page = words_of(owner.page(f"/homes/{stage.home_id}/rules"))
    assert "City flats" in page
    for path in (f"/homes/{stage.home_id}/rules", f"/homes/{stage.home_id}", "/rules"):
        assert "68.5 dB" in words_of(owner.page(path)), path  # a limit is never rounded
    with stage.world.service.sessions.read() as session:
        rules = session.scalars(select(Policy)).one().rules
    assert rules["threshold_db"] == 68.5
    assert rules["quiet_cadence"]["persist_for"] == 900
    assert "Made by Maria" in page


def test_each_mistake_stands_beside_its_field_and_nothing_is_lost(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    for changed, field, message in (
        ({"warn_2": "40"}, "warn_2", "The call would come before this warning."),
        ({"warn_1": "25"}, "warn_2", "The second warning must come after the first."),
        ({"open_after": "31"}, "open_after", "The call would come before this."),
        ({"calm_after": "30"}, "calm_after", "Must be shorter than the time until the call."),
        ({"threshold_db": "loud"}, "threshold_db", "Give a number."),
        ({"threshold_db": "nan"}, "threshold_db", "Give a number."),
        ({"threshold_db": "900"}, "threshold_db", "Give a level from -20 to 200 dB."),
        ({"attempts": "4"}, "attempts", "Give 1 to 3 attempts."),
        ({"name": " "}, "name", "Must not be empty."),
        ({"quiet_1_end": ""}, "quiet_1_end", "Give both times, or leave both empty."),
        ({"quiet_1_days": "someday"}, "quiet_1_days", "Tick at least one weekday."),
        ({"quiet_1_end": "22:00"}, "quiet_1_end", "Start and end are the same"),
        (
            {"quiet_2_start": "07:00", "quiet_2_end": "09:00", "quiet_2_days": "sat"},
            "quiet_2_start",
            "These quiet hours overlap.",
        ),
        ({"cover_start": "20:00"}, "cover_end", "Give both times, or leave both empty."),
    ):
        answer = send(owner, "/rules/new", **changed)
        assert answer.status_code == 422, changed
        assert message in words_of(answer.text), changed
        assert f'href="#f-{field}"' in answer.text, changed
        assert 'value="City flats"' in answer.text or changed.get("name")
        for name, value in changed.items():
            if name not in ("quiet_1_days", "quiet_2_days"):
                assert f'value="{value}"' in answer.text, changed
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Policy)).all() == []


def test_rules_are_tried_on_the_recorded_nights_before_anything_is_saved(stage: Stage) -> None:
    a_loud_night(stage)
    owner = stage.sign_in(OWNER)
    page = send(owner, "/rules/new", "preview", for_home=stage.home_id)
    assert page.status_code == 200
    assert "These rules would have asked for 1 call." in words_of(page.text)  # 72 dB at midnight
    page = send(owner, "/rules/new", "preview", for_home=stage.home_id, quiet_threshold_db="73")
    assert "These rules would have asked for 0 calls." in words_of(page.text)
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Policy)).all() == []


def test_calls_outside_the_chosen_hours_are_not_promised(stage: Stage) -> None:
    a_loud_night(stage)
    owner = stage.sign_in(OWNER)
    hours = {"cover_start": "20:00", "cover_end": "23:00"}
    page = send(owner, "/rules/new", "preview", for_home=stage.home_id, **hours)
    assert "These rules would have asked for 0 calls." in words_of(page.text)


def test_an_unrecorded_home_is_said_to_be_one(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    page = send(owner, "/rules/new", "preview", for_home=stage.home_id)
    assert "Nothing was recorded in Harbour Loft" in words_of(page.text)


def test_a_sensor_of_notices_gets_an_honest_word(stage: Stage) -> None:
    a_loud_night(stage)
    with stage.world.service.sessions.write() as session:
        for sensor in session.scalars(select(Sensor)):
            sensor.kind = "notice"
        for reading in session.scalars(select(NoiseReading)):
            reading.kind, reading.level_db, reading.number = "notice", None, 1
    page = send(stage.sign_in(OWNER), "/rules/new", "preview", for_home=stage.home_id)
    assert "sends notices, no levels" in words_of(page.text)


def test_a_change_says_how_many_homes_it_reaches_and_can_be_undone(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    path = saved(stage, owner)
    assert "1 home has these rules and gets the change." in words_of(owner.page(path))
    assert send(owner, path, threshold_db="80").status_code == 302
    page = owner.page(path)
    assert "Changed by Maria" in words_of(page)
    change = page.partition('name="change" value="')[2].partition('"')[0]
    owner.post(f"{path}/undo", change=change)
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Policy)).one().rules["threshold_db"] == 75
    assert "Change undone" in words_of(owner.page(path))


def test_after_ten_minutes_a_change_stays(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    path = saved(stage, owner)
    send(owner, path, threshold_db="80")
    change = owner.page(path).partition('name="change" value="')[2].partition('"')[0]
    stage.world.clock.advance(minutes=11)
    owner.post(f"{path}/undo", change=change)
    page = words_of(owner.page(path))
    assert "This change cannot be undone any more" in page
    with stage.world.service.sessions.read() as session:
        assert session.scalars(select(Policy)).one().rules["threshold_db"] == 80


def test_a_set_in_use_is_not_removed(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    path = saved(stage, owner)
    owner.post(f"{path}/remove")
    assert "Removed." not in words_of(owner.page(path))
    owner.post(f"/homes/{stage.home_id}/rules", policy="")
    owner.post(f"{path}/remove")
    assert owner.get(path).status_code == 404


def test_others_neither_see_nor_change_nor_undo(stage: Stage) -> None:
    path = saved(stage, stage.sign_in(OWNER))
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    assert other.get(path).status_code == 404
    for end in ("", "/undo", "/remove"):
        assert send(other, f"{path}{end}").status_code == 404
    assert looker.get(path).status_code == 403
    assert send(looker, path).status_code == 403
    assert send(other, "/rules/new", for_home=stage.home_id).status_code == 404
    assert "City flats" in words_of(looker.page("/rules"))
