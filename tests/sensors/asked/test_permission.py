"""The way to the brand's page and back: who left comes back, once, in time."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from callassist.errors import Forbidden, InvalidInput, NotFound, TransientError
from callassist.models import SensorConnection
from callassist.ports.pms_access import CredentialsRefused
from callassist.sensors.asked.connecting import begin, begin_again, finish
from tests.sensors.asked.scene import owner
from tests.sensors.makers.cloud import Answer

BRANDS = pytest.mark.parametrize("brand", ["minut", "netatmo"])


@BRANDS
def test_an_owner_comes_back_with_a_connection_that_is_asked_at_once(scene, brand):
    connection = scene.connection(scene.connect(brand))
    access = scene.access(connection.id)
    assert (connection.adapter, connection.account_id) == (brand, scene.homes.account_id)
    assert access.next_at <= scene.clock.now()
    assert b"access" not in access.token  # sealed


@BRANDS
def test_tokens_stand_in_no_row_in_clear(scene, brand):
    access = scene.access(scene.connect(brand))
    given = scene.cloud(brand).access | {scene.cloud(brand).refresh}
    assert not any(token.encode() in access.token for token in given)


def test_somebody_else_cannot_end_what_a_person_began(scene):
    there = begin(scene.asking, scene.viewer, "minut", scene.account_public_id)
    back = scene.come_back("minut", there)
    other = owner(scene.homes.account_id, 8)
    with pytest.raises(Forbidden, match="somebody else"):
        finish(scene.asking, other, "minut", **back, now=scene.clock.now())
    assert not scene.minut.requests("token")


def test_a_state_of_one_brand_is_no_state_of_another(scene):
    back = scene.come_back("minut", begin_minut(scene))
    with pytest.raises(Forbidden):
        finish(scene.asking, scene.viewer, "netatmo", **back, now=scene.clock.now())


@pytest.mark.parametrize("state", ["", "x", "AAAA", "é"])
def test_a_state_that_is_not_ours_is_refused(scene, state):
    with pytest.raises(Forbidden, match="begin again"):
        finish(scene.asking, scene.viewer, "minut", state=state, code="c", now=scene.clock.now())


def test_a_quarter_of_an_hour_is_the_longest_that_giving_permission_may_take(scene):
    back = scene.come_back("minut", begin_minut(scene))
    scene.clock.advance(minutes=16)
    with pytest.raises(Forbidden, match="too long"):
        finish(scene.asking, scene.viewer, "minut", **back, now=scene.clock.now())


def test_a_code_counts_once(scene):
    back = scene.come_back("minut", begin_minut(scene))
    finish(scene.asking, scene.viewer, "minut", **back, now=scene.clock.now())
    with pytest.raises(CredentialsRefused, match="Minut"):
        finish(scene.asking, scene.viewer, "minut", **back, now=scene.clock.now())


def test_nothing_is_stored_when_the_brand_does_not_answer(scene):
    back = scene.come_back("minut", begin_minut(scene))
    scene.minut.fail("token", Answer(503, b"<html>down</html>"))
    with pytest.raises(TransientError, match="Minut"):
        finish(scene.asking, scene.viewer, "minut", **back, now=scene.clock.now())
    with scene.sessions.read() as session:
        assert session.scalars(select(SensorConnection)).first() is None


def test_another_account_cannot_be_connected(scene):
    stranger = owner(scene.homes.account_id + 1, 9)
    with pytest.raises(NotFound):
        begin(scene.asking, stranger, "minut", scene.account_public_id)


def test_without_a_registered_client_there_is_nothing_to_press(scene):
    none = {**scene.asking.settings}
    object.__setattr__(none["minut"], "client_id", "")
    with pytest.raises(InvalidInput, match="no client is registered"):
        begin_minut(scene)


def test_connecting_again_keeps_the_connection_and_its_sensors(scene):
    scene.minut.add_home("home-1", "Canal 12")
    connection_id = scene.connect("minut")
    scene.look_after()
    scene.minut.revoke()
    scene.clock.advance(days=2)
    scene.look_after()
    assert scene.access(connection_id).refused_at is not None
    scene.minut.is_revoked = False
    there = begin_again(scene.asking, scene.viewer, scene.connection(connection_id).public_id)
    back = scene.come_back("minut", there)
    public_id = finish(scene.asking, scene.viewer, "minut", **back, now=scene.clock.now())
    assert public_id == scene.connection(connection_id).public_id
    scene.look_after()
    access = scene.access(connection_id)
    assert (access.refused_at, access.error, access.failures) == (None, None, 0)
    assert list(scene.sensors()) == ["home-1"]


def test_what_is_asked_for_names_our_way_back(scene):
    query = parse_qs(urlsplit(begin_minut(scene)).query)
    assert query["redirect_uri"] == ["https://calls.example/connections/back/minut"]


def begin_minut(scene):
    return begin(scene.asking, scene.viewer, "minut", scene.account_public_id)
