"""A host connects sensors by signing in at their maker."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from callassist.models import Sensor, SensorAccess, SensorConnection
from callassist.sensors.asked.upkeep import look_after_due
from callassist.settings.sensors import MinutSettings
from tests.sensors.makers.cloud import CLIENT_ID, CLIENT_SECRET, served
from tests.sensors.makers.minut import Minut
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage


@pytest.fixture
def minut(stage: Stage) -> Iterator[Minut]:
    """Minut, with a client of ours registered there."""
    cloud, service = Minut(), stage.world.service
    cloud.add_home("home-1", "Canal 12", "Hall")
    before = service.settings.minut
    with served(cloud):
        own = MinutSettings(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            authorize_url=f"{cloud.url}/v8/oauth/authorize",
            token_url=f"{cloud.url}/v8/oauth/token",
            base_url=f"{cloud.url}/v8",
            scope="",
            every=before.every,
            own_messages_fields="",
        )
        service.asking.settings["minut"] = own  # type: ignore[index]
        yield cloud
    service.asking.settings["minut"] = before  # type: ignore[index]


def leave(browser: Browser, query: str = "") -> str:
    """Leave for Minut; the path by which its page sends the browser back."""
    answer = browser.get(f"/connections/leave/minut{query}")
    assert answer.status_code == 302, words_of(answer.text)
    return answer.location


def back(cloud: Minut, there: str) -> str:
    parts = urlsplit(cloud.authorize(there))
    return f"{parts.path}?{parts.query}"


def connections(stage: Stage) -> list[SensorConnection]:
    with stage.world.service.sessions.read() as session:
        query = select(SensorConnection).join(SensorAccess)
        return list(session.scalars(query))


def test_a_host_connects_minut_and_sees_its_homes(stage: Stage, minut: Minut) -> None:
    owner = stage.sign_in(OWNER)
    answer = owner.get(back(minut, leave(owner)))
    (connection,) = connections(stage)
    path = f"/connections/{connection.public_id}"
    assert answer.location.endswith(path)
    assert "Connected" in words_of(owner.page(path))
    look_after_due(stage.world.service.asking)
    assert "Canal 12 (Hall)" in words_of(owner.page("/sensors"))
    assert "Minut works No reading yet." in words_of(owner.page("/sensors"))
    assert len(minut.hooks) == 1


def test_a_permission_that_was_taken_back_is_shown_and_given_again(
    stage: Stage, minut: Minut
) -> None:
    owner = stage.sign_in(OWNER)
    owner.get(back(minut, leave(owner)))
    (connection,) = connections(stage)
    minut.revoke()
    look_after_due(stage.world.service.asking)
    page = owner.page(f"/connections/{connection.public_id}")
    assert "permission taken back" in words_of(page)
    minut.is_revoked = False
    owner.get(back(minut, leave(owner, f"?connection={connection.public_id}")))
    look_after_due(stage.world.service.asking)
    assert [one.id for one in connections(stage)] == [connection.id]
    page = owner.page(f"/connections/{connection.public_id}")
    assert "permission taken back" not in words_of(page)


def test_what_somebody_else_began_connects_nothing(stage: Stage, minut: Minut) -> None:
    owner, other = stage.sign_in(OWNER), stage.sign_in(OTHER)
    there = back(minut, leave(owner))
    other.get(there)
    assert "Somebody else began this" in words_of(other.page("/connections/new"))
    assert connections(stage) == []


def test_no_is_an_answer(stage: Stage, minut: Minut) -> None:
    owner = stage.sign_in(OWNER)
    state = parse_qs(urlsplit(leave(owner)).query)["state"][0]
    owner.get(f"/connections/back/minut?error=access_denied&state={state}")
    assert "nothing was connected" in words_of(owner.page("/connections/new"))


def test_who_may_only_look_does_not_leave(stage: Stage, minut: Minut) -> None:
    looker = stage.sign_in(LOOKER)
    assert looker.get("/connections/leave/minut").status_code in (403, 404)


def test_without_a_client_the_host_is_told_who_can_help(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    assert owner.get("/connections/leave/minut").status_code == 302
    assert "ask your administrator" in words_of(owner.page("/connections/new"))
    assert owner.get("/connections/leave/nobody").status_code == 404


def test_another_firms_connection_is_not_found(stage: Stage, minut: Minut) -> None:
    owner, other = stage.sign_in(OWNER), stage.sign_in(OTHER)
    owner.get(back(minut, leave(owner)))
    (connection,) = connections(stage)
    assert (
        other.get(f"/connections/leave/minut?connection={connection.public_id}").status_code == 404
    )
    assert other.post(f"/connections/{connection.public_id}/look").status_code == 404


def test_asking_now_is_done_by_the_worker_and_not_every_second(stage: Stage, minut: Minut) -> None:
    owner = stage.sign_in(OWNER)
    owner.get(back(minut, leave(owner)))
    (connection,) = connections(stage)
    look_after_due(stage.world.service.asking)
    path = f"/connections/{connection.public_id}"
    owner.post(f"{path}/look")
    assert "less than a minute ago" in words_of(owner.page(path))


def test_the_host_says_whether_minut_texts_guests(stage: Stage, minut: Minut) -> None:
    owner = stage.sign_in(OWNER)
    owner.get(back(minut, leave(owner)))
    look_after_due(stage.world.service.asking)
    for said, kept in (("yes", True), ("no", False), ("unknown", None)):
        with stage.world.service.sessions.read() as session:
            sensor = session.scalars(select(Sensor).where(Sensor.external_id == "home-1")).one()
        owner.post(f"/sensors/{sensor.public_id}/own-messages", sends=said)
        with stage.world.service.sessions.read() as session:
            assert session.get_one(Sensor, sensor.id).own_messages is kept
