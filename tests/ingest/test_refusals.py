"""Each refusal of the contract: its status, its words, and that nothing of the body is kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from callassist.clock import ManualClock
from callassist.ingest import FloodLimit
from callassist.storage.sessions import Sessions
from tests.ingest.scene import TOKEN, Scene, problem
from tests.sensors.requests import SECRET, standard_headers


def good(scene: Scene) -> dict[str, object]:
    return scene.level(50)


def test_malformed_is_400_with_a_json_pointer(scene: Scene):
    scene.attic()
    answer = scene.post({"readings": [good(scene), {**good(scene), "at": 17}]})
    assert answer.status == 400
    assert problem(answer) == {
        "type": "about:blank",
        "title": "Malformed body",
        "status": 400,
        "detail": "/readings/1/at: Expected `datetime`, got `int`",
        "errors": [{"pointer": "/readings/1/at", "detail": "Expected `datetime`, got `int`"}],
    }
    assert scene.readings() == []


def test_no_json_at_all_is_400(scene: Scene):
    scene.attic()
    assert "not JSON" in problem(scene.post(b"level=61"))["detail"]
    assert scene.readings() == []


def test_a_missing_signature_is_401(scene: Scene):
    scene.sensor(scene.connection(secret=SECRET), scene.home())
    answer = scene.post(good(scene))
    assert answer.status == 401
    assert "webhook-signature" in problem(answer)["detail"]
    assert scene.readings() == []


def test_a_signed_reading_is_taken_and_a_changed_one_is_401(scene: Scene):
    scene.sensor(scene.connection(secret=SECRET), scene.home())
    body = json.dumps(good(scene)).encode()
    headers = standard_headers(body, at=scene.clock.now())
    assert scene.post(body, headers=headers).status == 202
    assert scene.post(body.replace(b"50", b"51"), headers=headers).status == 401
    assert [each.level_db for each in scene.readings()] == [50.0]


def test_the_previous_secret_is_good_until_the_sender_has_rotated(scene: Scene):
    connection_id = scene.connection(secret="whsec_bmV3IG9uZQ==", previous_secret=SECRET)
    scene.sensor(connection_id, scene.home())
    body = json.dumps(good(scene)).encode()
    assert scene.post(body, headers=standard_headers(body, at=scene.clock.now())).status == 202


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_out_of_time_is_401(scene: Scene, seconds: int):
    scene.sensor(scene.connection(secret=SECRET), scene.home())
    body = json.dumps(good(scene)).encode()
    at = scene.clock.now() + timedelta(seconds=seconds)
    assert scene.post(body, headers=standard_headers(body, at=at)).status == 401
    assert scene.readings() == []


def test_a_malformed_body_without_signature_is_401_not_400(scene: Scene):
    """Strangers learn nothing about what we would take."""
    scene.connection(secret=SECRET)
    assert scene.post(b"nonsense").status == 401


@pytest.mark.parametrize("token", ["wrong", "x" * 5000, "\udcff", "💣"])
def test_an_unknown_token_is_404(scene: Scene, token: str):
    scene.attic()
    answer = scene.post(good(scene), token=token)
    assert answer.status == 404
    assert "copy the hook's address again" in problem(answer)["detail"]


def test_an_unknown_adapter_is_404_in_the_same_words(scene: Scene):
    scene.attic()
    assert scene.post({}, adapter="nosuch") == scene.post({}, token="wrong")


def test_a_disabled_connection_is_404(scene: Scene):
    scene.connection(disabled_at=scene.clock.now())
    assert scene.post(good(scene)).status == 404


def test_more_than_a_mebibyte_is_413(scene: Scene):
    scene.attic()
    padding = b" " * (1024 * 1024)
    body = json.dumps(good(scene)).encode()
    assert scene.post(padding[: -len(body)] + body).status == 202
    answer = scene.post(padding[: 1 - len(body)] + body)
    assert answer.status == 413
    assert "1048576 bytes" in problem(answer)["detail"]
    assert len(scene.readings()) == 1


def test_a_body_in_chunks_is_413_as_soon_as_it_is_too_large(scene: Scene):
    scene.attic()
    body = json.dumps({"readings": [], "pad": "x" * 1024 * 1024}).encode()
    assert scene.post(body, headers={"Content-Length": ""}).status == 413
    small = json.dumps(good(scene)).encode()
    assert scene.post(small, headers={"Content-Length": ""}).status == 202


def test_more_than_a_thousand_readings_are_413(scene: Scene):
    scene.attic()
    answer = scene.post({"readings": [good(scene)] * 1001})
    assert answer.status == 413
    assert "1001 readings" in problem(answer)["detail"]
    assert scene.readings() == []


def test_a_body_shorter_than_announced_is_400(scene: Scene):
    scene.attic()
    body = json.dumps(good(scene)).encode()
    answer = scene.post(body, headers={"Content-Length": str(len(body) + 1)})
    assert answer.status == 400
    assert f"after {len(body)} of {len(body) + 1} bytes" in problem(answer)["detail"]
    assert scene.readings() == []


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "٣", "9" * 5000])
def test_a_nonsense_length_is_refused(scene: Scene, length: str):
    scene.attic()
    assert scene.post(good(scene), headers={"Content-Length": length}).status in (400, 413)
    assert scene.readings() == []


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}, {"Content-Type": ""}]
)
def test_another_content_type_or_encoding_is_415(scene: Scene, headers: dict[str, str]):
    scene.attic()
    answer = scene.post(good(scene), headers=headers)
    assert answer.status == 415
    assert problem(answer)["title"] == "Unsupported media type"
    assert scene.readings() == []


def test_unusable_values_are_422_with_every_index(scene: Scene):
    scene.attic()
    naive = {**good(scene), "at": "2026-06-13T20:00:00"}
    nan = {**good(scene), "level_db": 1000}
    answer = scene.post({"readings": [naive, good(scene), nan, good(scene), naive]})
    assert answer.status == 422
    told = problem(answer)
    assert [each["pointer"] for each in told["errors"]] == [
        "/readings/0/at",
        "/readings/2/level_db",
        "/readings/4/at",
    ]
    assert told["detail"] == (
        "/readings/0/at: has no zone: end it with Z or an offset such as +02:00 and 2 more; "
        "nothing was kept."
    )
    assert scene.readings() == []


def test_nan_is_422(scene: Scene):
    scene.attic()
    answer = scene.post({"readings": [good(scene), {**good(scene), "level_db": float("nan")}]})
    assert answer.status == 422
    assert [each["pointer"] for each in problem(answer)["errors"]] == ["/readings/1/level_db"]


def test_a_flood_is_429_for_its_own_connection_only(sessions: Sessions, clock: ManualClock):
    real = [0.0]
    flood = FloodLimit(per_second=2.0, burst=3.0, monotonic=lambda: real[0])
    scene = Scene(sessions, clock, flood)
    try:
        scene.attic()
        scene.connection(token="other")
        assert [scene.post(good(scene)).status for _ in range(4)] == [202, 202, 202, 429]
        refused = scene.post(good(scene))
        assert dict(refused.headers) == {"Retry-After": "1"}
        assert "several readings into one request" in problem(refused)["detail"]
        assert scene.post(good(scene), token="other").status == 202
        real[0] += 0.5
        assert [scene.post(good(scene)).status for _ in range(2)] == [202, 429]
    finally:
        scene.close()


def test_a_refusal_keeps_no_sensor_either(scene: Scene):
    scene.connection()
    scene.post({"readings": [scene.level(50, "new"), {**scene.level(50, "bad"), "level_db": 999}]})
    told = scene.say(scene.level(50, "new"))
    assert told["accepted"] == 1
    assert TOKEN not in str(told)
