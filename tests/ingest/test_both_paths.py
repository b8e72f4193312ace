"""The view and the way around Flask answer alike, to the byte, headers included."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import EnvironBuilder, run_wsgi_app

from callassist.web.hooks_sensors import SensorHooksFirst, sensor_hooks
from tests.ingest.scene import TOKEN, Scene
from tests.sensors.requests import SECRET, standard_headers

GOOD = {"sensor": "attic", "at": "2026-06-13T20:00:00Z", "level_db": 61.5}
PATH = f"/hooks/sensors/generic/{TOKEN}"

Answer = tuple[str, list[tuple[str, str]], bytes]
Post = Callable[..., Answer]


@pytest.fixture
def paths(scene: Scene) -> tuple[Post, Post]:
    """Post through Flask, and around it."""
    common = [("X-Callassist-Now", "2026-06-13T20:00:00+00:00"), ("X-Frame-Options", "DENY")]
    app = Flask(__name__)
    app.register_blueprint(sensor_hooks(scene.hook))

    @app.after_request
    def add_common(response: Response) -> Response:
        response.headers.extend(common)
        return response

    return _poster(app.wsgi_app), _poster(
        SensorHooksFirst(app.wsgi_app, scene.hook, lambda: common)
    )


def _poster(application: Any) -> Post:
    def post(data: bytes, path: str = PATH, **values: Any) -> Answer:
        values.setdefault("content_type", "application/json")
        values.setdefault("method", "POST")
        environ = EnvironBuilder(path=path, data=data, **values).get_environ()
        body, status, headers = run_wsgi_app(application, environ, buffered=True)
        return status, sorted(headers), b"".join(body)

    return post


def encoded(*readings: dict[str, Any]) -> bytes:
    return json.dumps({"readings": list(readings)}).encode()


@pytest.mark.parametrize(
    ("status", "data", "values"),
    [
        ("202 Accepted", json.dumps(GOOD).encode(), {}),
        ("202 Accepted", encoded(GOOD, GOOD, {**GOOD, "sensor": "cellar"}), {}),
        ("202 Accepted", encoded(), {}),
        ("202 Accepted", json.dumps(GOOD).encode(), {"path": f"{PATH}?a=b"}),
        ("400 Bad Request", b"nonsense", {}),
        ("400 Bad Request", encoded({**GOOD, "at": 7}), {}),
        ("400 Bad Request", b"", {}),
        ("404 Not Found", json.dumps(GOOD).encode(), {"path": "/hooks/sensors/generic/wrong"}),
        ("404 Not Found", json.dumps(GOOD).encode(), {"path": f"/hooks/sensors/none/{TOKEN}"}),
        ("404 Not Found", json.dumps(GOOD).encode(), {"path": "/hooks/sensors/generic/w%C3%A9"}),
        ("413 Content Too Large", b" " * (1024 * 1024 + 1), {}),
        ("413 Content Too Large", encoded(*[GOOD] * 1001), {}),
        ("415 Unsupported Media Type", b"x", {"content_type": "text/plain"}),
        ("415 Unsupported Media Type", b"x", {"headers": {"Content-Encoding": "gzip"}}),
        ("422 Unprocessable Content", encoded({**GOOD, "level_db": 999}), {}),
    ],
)
def test_both_paths_answer_alike(
    scene: Scene, paths: tuple[Post, Post], status: str, data: bytes, values: dict[str, Any]
):
    scene.attic()
    flask, around = paths
    flask(data, **values)  # so that a reading is a duplicate for both
    first, second = flask(data, **values), around(data, **values)
    assert first == second
    assert first[0] == status
    assert ("X-Callassist-Now", "2026-06-13T20:00:00+00:00") in first[1]


def test_both_paths_check_the_signature(scene: Scene, paths: tuple[Post, Post]):
    scene.sensor(scene.connection(secret=SECRET), scene.home())
    data = json.dumps(GOOD).encode()
    headers = dict(standard_headers(data, at=scene.clock.now()))
    for post, body in zip(paths, (data, data), strict=True):
        assert post(body)[0] == "401 Unauthorized"
        assert post(body, headers=headers)[0] == "202 Accepted"
    assert paths[0](data) == paths[1](data)
    assert len(scene.readings()) == 1


def test_a_new_reading_is_accepted_on_either_path(scene: Scene, paths: tuple[Post, Post]):
    scene.attic()
    flask, around = paths
    first = flask(json.dumps({**GOOD, "id": "1"}).encode())
    second = around(json.dumps({**GOOD, "id": "2"}).encode())
    assert first == second
    assert len(scene.readings()) == 2


@pytest.mark.parametrize("path", [PATH + "/", PATH + "/more", "/hooks/sensors/generic/", "/other"])
def test_what_is_not_quite_the_route_is_left_to_flask(
    scene: Scene, paths: tuple[Post, Post], path: str
):
    flask, around = paths
    assert flask(b"{}", path) == around(b"{}", path)
    assert flask(b"{}", path)[0] == "404 NOT FOUND"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_left_to_flask(paths: tuple[Post, Post], method: str):
    flask, around = paths
    assert flask(b"", method=method) == around(b"", method=method)


def test_a_request_without_a_body_does_not_wait_for_one(scene: Scene, paths: tuple[Post, Post]):
    class Endless:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("nobody announced a body")

    scene.attic()
    environ = EnvironBuilder(
        path=PATH, method="POST", content_type="application/json"
    ).get_environ()
    environ["wsgi.input"] = Endless()
    environ.pop("CONTENT_LENGTH", None)
    environ["wsgi.input_terminated"] = False
    application = SensorHooksFirst(Flask("empty").wsgi_app, scene.hook, list)
    _, status, _ = run_wsgi_app(application, environ, buffered=True)
    assert status == "400 Bad Request"
