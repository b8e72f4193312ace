"""Sixty listings and their homes, said on one page with one button."""

from __future__ import annotations

import re

from sqlalchemy import select

from callassist.models import PmsListing, Property, Sensor
from tests.web.pages.browser import words_of
from tests.web.pages.host.systems_stage import connected, listed, of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements


def homes_of(stage: Stage, system_id: str) -> dict[str, str | None]:
    """By the listing's name the name of its home."""
    with stage.world.service.sessions.read() as session:
        query = (
            select(PmsListing.name, Property.name)
            .outerjoin(Property, Property.id == PmsListing.property_id)
            .where(PmsListing.connection_id == of(session, system_id).id)
        )
        return {row[0]: row[1] for row in session.execute(query)}


def fields_of(page: str) -> dict[str, str]:
    """What the form would send if only its button were pressed."""
    named = r'<input id="f-[^"]*" name="([^"]+)" value="([^"]*)"'
    found = dict(re.findall(named, page))
    for name, options in re.findall(
        r'<select id="f-[^"]*" name="([^"]+)".*?>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def test_sixty_listings_are_confirmed_by_one_button(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    stage.more_homes(3)
    villas = [f"Villa {one}{other}" for one in "abcdefghk" for other in "lmnopqr"][:58]
    listed(stage, system_id, *villas, country="FR")
    with stage.world.service.sessions.read() as session:
        own = [one.name for one in session.scalars(select(Property)) if "Home" in one.name]
    listed(stage, system_id, *own[:2], timezone="Europe/Paris")
    page = owner.page(f"/systems/{system_id}/listings")
    assert "60 listings without a home" in words_of(page)
    answer = owner.post(f"/systems/{system_id}/listings", **fields_of(page))
    assert answer.status_code == 302, words_of(answer.text)
    there = homes_of(stage, system_id)
    assert {name: there[name] for name in own[:2]} == {name: name for name in own[:2]}
    assert {name: there[name] for name in villas} == {name: name for name in villas}
    with stage.world.service.sessions.read() as session:
        made = session.scalars(select(Property).where(Property.name == villas[7])).one()
        assert (made.timezone, made.country) == ("Europe/Paris", "FR")


def test_a_zone_that_nobody_knows_is_asked_for_and_the_others_go_in(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    cabin, other = listed(stage, system_id, "Cabin", "Loft", country="US")
    page = owner.page(f"/systems/{system_id}/listings")
    assert "(please say)" in words_of(page)
    sent = {**fields_of(page), f"zone-{other}": "America/New_York", f"zone-{cabin}": ""}
    answer = owner.post(f"/systems/{system_id}/listings", **sent)
    assert answer.status_code == 422
    assert f'id="e-zone-{cabin}"' in answer.text
    assert homes_of(stage, system_id) == {"Cabin": None, "Loft": "Loft"}
    sent = {**fields_of(answer.text), f"zone-{cabin}": "Asheville"}
    answer = owner.post(f"/systems/{system_id}/listings", **sent)
    assert 'value="Asheville"' in answer.text
    owner.post(f"/systems/{system_id}/listings", **{**sent, f"zone-{cabin}": "America/New_York"})
    assert homes_of(stage, system_id)["Cabin"] == "Cabin"


def test_not_this_one_and_later_make_no_home(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    parking, later = listed(stage, system_id, "Parking", "Loft")
    sent = {f"home-{parking}": "ignore", f"home-{later}": ""}
    assert owner.post(f"/systems/{system_id}/listings", **sent).status_code == 302
    page = words_of(owner.page(f"/systems/{system_id}/listings"))
    assert "1 listing without a home" in page
    assert "Left out Parking" in page
    owner.post(f"/systems/{system_id}/listings/{parking}/apart")
    page = words_of(owner.page(f"/systems/{system_id}/listings"))
    assert "2 listings without a home" in page


def test_a_home_of_another_firm_is_no_choice(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    (listing,) = listed(stage, system_id, "Loft")
    sent = {f"home-{listing}": stage.other_home_id}
    answer = owner.post(f"/systems/{system_id}/listings", **sent)
    assert answer.status_code == 422
    assert "Not a home of yours" in words_of(answer.text)
    assert homes_of(stage, system_id) == {"Loft": None}


def test_a_sensor_that_hangs_nowhere_is_paired_with_its_home(stage: Stage) -> None:
    stage.hears(50.0, "loft-1")
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    listed(stage, system_id, "Loft 1", timezone="Europe/Paris")
    page = owner.page(f"/systems/{system_id}/listings")
    with stage.world.service.sessions.read() as session:
        sensor = session.scalars(select(Sensor)).one()
    (name,) = re.findall(r'name="(sensor-\w+)"', page)
    owner.post(f"/systems/{system_id}/listings", **{**fields_of(page), name: sensor.public_id})
    with stage.world.service.sessions.read() as session:
        paired = session.get_one(Sensor, sensor.id).property_id
        assert paired is not None
        assert session.get_one(Property, paired).name == "Loft 1"


def test_names_of_others_are_shown_as_text(stage: Stage) -> None:
    system_id = connected(stage)
    listed(stage, system_id, "<b>Loft</b>", address="<script>alert(1)</script>")
    page = stage.sign_in(OWNER).page(f"/systems/{system_id}/listings")
    assert "<b>Loft" not in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;Loft" in page


def test_pairing_costs_as_much_for_thirty_listings_as_for_three(stage: Stage) -> None:
    system_id, owner = connected(stage), stage.sign_in(OWNER)
    listed(stage, system_id, "A", "B", "C")
    before = statements(stage, owner, f"/systems/{system_id}/listings")
    listed(stage, system_id, *(f"Villa {n}" for n in range(27)))
    stage.more_homes(5)
    assert statements(stage, owner, f"/systems/{system_id}/listings") == before


def test_times_are_typed_where_a_system_says_none_and_only_by_who_may(stage: Stage) -> None:
    system_id = connected(stage)
    (listing,) = listed(stage, system_id, "Loft", property_id=stage.home.id, check_in="16:00")
    owner, path = stage.sign_in(OWNER), f"/systems/{system_id}/listings"
    assert "from 16:00, until 11:00 not said there" in words_of(owner.page(path))
    typed = {"check_in": "17:30", "check_out": ""}
    assert owner.post(f"{path}/{listing}/times", **typed).status_code == 302
    assert "from 17:30, until 11:00 as you say" in words_of(owner.page(path))
    assert owner.post(f"{path}/{listing}/times", check_in="late").status_code == 302
    assert "a time of day such as 15:00" in words_of(owner.page(path))
    assert stage.sign_in(LOOKER).post(f"{path}/{listing}/times", **typed).status_code == 403
    assert stage.sign_in(OTHER).post(f"{path}/{listing}/times", **typed).status_code == 404


def test_confirming_without_a_choice_says_so(stage: Stage) -> None:
    system_id = connected(stage)
    (listing,) = listed(stage, system_id, "Loft")
    owner, path = stage.sign_in(OWNER), f"/systems/{system_id}/listings"
    assert owner.post(path, **{f"home-{listing}": ""}).status_code == 302
    assert "Nothing was said yet" in words_of(owner.page(path))
