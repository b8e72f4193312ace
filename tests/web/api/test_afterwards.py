"""What a host does with an incident afterwards, through the API."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from tests.web.pages.browser import words_of
from tests.web.scene import Scene
from tests.web.world import GUEST, World


@pytest.fixture
def world(world_on_each: World) -> World:
    return world_on_each


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.fixture
def incident(world: World, scene: Scene) -> str:
    """One that is over, with a report."""
    found = _called_about(world, scene)
    world.post(f"/incidents/{found}/cancel", scene.host)
    world.run()
    return found


def _called_about(world: World, scene: Scene) -> str:
    found = str(world.post("/incidents", scene.host, {"property": scene.home})["id"])
    world.run()
    return found


def _refused(world: World, path: str, token: str, body: Any) -> list[str]:
    """The pointers of a refusal."""
    answer = world.ask("POST", path, token, body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.json is not None
    return [one["pointer"] for one in answer.json["errors"]]


def _log(world: World, scene: Scene, incident: str) -> list[str]:
    log = world.get(f"/incidents/{incident}/log?limit=200", scene.host)["items"]
    return [entry["action"] for entry in log]


def test_notes_are_kept_listed_in_pages_and_taken_away(
    world: World, scene: Scene, incident: str
) -> None:
    path = f"/incidents/{incident}/notes"
    assert _refused(world, path, scene.host, {"note": "  "}) == ["/note"]
    assert _refused(world, path, scene.host, {"note": "x" * 2001}) == ["/note"]
    made = [world.post(path, scene.host, {"note": f"note {n}"}) for n in range(3)]
    assert [one["by"] for one in made] == [None] * 3  # a program has no name of a person
    first = world.get(f"{path}?limit=2", scene.host)
    rest = world.get(f"{path}?cursor={first['next_cursor']}", scene.host)
    assert first["items"] + rest["items"] == made
    assert _log(world, scene, incident).count("host_noted") == 3
    assert world.ask("DELETE", f"{path}/{made[1]['id']}", scene.host).status_code == 204
    assert [one["note"] for one in world.get(path, scene.host)["items"]] == ["note 0", "note 2"]
    assert world.ask("DELETE", f"{path}/{made[1]['id']}", scene.host).status_code == 404


def test_a_note_belongs_to_its_incident_only(world: World, scene: Scene, incident: str) -> None:
    made = world.post(f"/incidents/{incident}/notes", scene.host, {"note": "one"})
    other = _called_about(world, scene)
    path = f"/incidents/{other}/notes/{made['id']}"
    assert world.ask("DELETE", path, scene.host).status_code == 404
    assert world.get(f"/incidents/{other}/notes", scene.host)["items"] == []


def test_a_false_alarm_is_said_and_corrected(world: World, scene: Scene, incident: str) -> None:
    path = f"/incidents/{incident}"
    assert world.get(path, scene.host)["false_alarm"] is None
    assert _refused(world, f"{path}/false-alarm", scene.host, {"kind": "mood"}) == ["/kind"]
    world.post(f"{path}/false-alarm", scene.host, {"kind": "other", "comment": "a film"})
    said = world.post(f"{path}/false-alarm", scene.host, {"kind": "not_guests"})
    assert (said["kind"], said["comment"]) == ("not_guests", None)
    assert world.get(path, scene.host)["false_alarm"] == said


def test_a_link_opens_the_report_until_it_expires_or_is_ended(
    world: World, scene: Scene, incident: str
) -> None:
    path = f"/incidents/{incident}/share-links"
    for wrong in ({}, {"days": 8}, {"days": True}, {"days": "7"}):
        assert _refused(world, path, scene.host, wrong) == ["/days"], wrong
    assert _refused(world, path, scene.host, {"days": 7, "label": "x" * 201}) == ["/label"]
    made = world.post(path, scene.host, {"days": 7, "label": "The neighbour"})
    stranger = world.app.test_client()
    page = stranger.get(made["url"])
    assert page.status_code == 200
    assert "Robin Example" not in words_of(page.text)
    assert GUEST not in page.text
    (listed,) = world.get(path, scene.host)["items"]
    assert (listed["label"], listed["opened"]) == ("The neighbour", 1)
    assert "url" not in listed
    assert world.ask("DELETE", f"{path}/{made['id']}", scene.host).status_code == 204
    assert stranger.get(made["url"]).status_code == 404
    second = world.post(path, scene.host, {"days": 1})
    world.clock.advance(days=1)
    assert stranger.get(second["url"]).status_code == 404
    actions = _log(world, scene, incident)
    assert (actions.count("report_shared"), actions.count("share_revoked")) == (2, 1)


def test_a_link_is_ended_under_its_own_incident_only(
    world: World, scene: Scene, incident: str
) -> None:
    made = world.post(f"/incidents/{incident}/share-links", scene.host, {"days": 7})
    other = _called_about(world, scene)
    path = f"/incidents/{other}/share-links/{made['id']}"
    assert world.ask("DELETE", path, scene.host).status_code == 404
    assert world.app.test_client().get(made["url"]).status_code == 200


def test_a_link_made_twice_under_one_key_is_one_link(
    world: World, scene: Scene, incident: str
) -> None:
    path = f"/incidents/{incident}/share-links"
    answers = [
        world.ask("POST", path, scene.host, {"days": 7}, Idempotency_Key="k") for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(world.get(path, scene.host)["items"]) == 1


def test_there_is_nothing_to_hand_out_while_calls_run(world: World, scene: Scene) -> None:
    running = _called_about(world, scene)
    for name, body in (("share-links", {"days": 7}), ("evidence", {})):
        answer = world.ask("POST", f"/incidents/{running}/{name}", scene.host, body)
        assert answer.status_code == 409
        assert answer.json is not None
        assert "not written yet" in answer.json["detail"]


def test_the_evidence_is_one_archive_and_its_taking_is_noted(
    world: World, scene: Scene, incident: str
) -> None:
    path = f"/incidents/{incident}/evidence"
    assert _refused(world, path, scene.host, {"language": "de"}) == ["/language"]
    for _ in range(2):  # an archive is not remembered under a key: each taking is noted
        answer = world.ask("POST", path, scene.host, {"language": "fr"}, Idempotency_Key="k")
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.testzip() is None
        assert {"report.pdf", "log.json", "readings.csv", "verify.py"} <= set(archive.namelist())
        assert archive.read("log.json").count(b"evidence_taken") == 2
    assert _log(world, scene, incident).count("evidence_taken") == 2


def test_administrators_and_the_desk_have_no_part_in_it(
    world: World, scene: Scene, incident: str
) -> None:
    for token in (world.admin, scene.operator, scene.supervisor):
        for path in ("notes", "share-links"):
            assert world.ask("GET", f"/incidents/{incident}/{path}", token).status_code == 403


def test_times_of_a_link_are_those_of_the_service(
    world: World, scene: Scene, incident: str
) -> None:
    made = world.post(f"/incidents/{incident}/share-links", scene.host, {"days": 30})
    expected = world.clock.now() + timedelta(days=30)
    assert made["expires_at"] == expected.isoformat().replace("+00:00", "Z")
