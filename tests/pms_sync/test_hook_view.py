"""The address for webhooks over HTTP: quick, and never more than it takes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask

from callassist.web.hooks_pms import blueprint


class Hook:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[Any, ...]] = []

    def answer(
        self,
        vendor: str,
        token: str,
        body: bytes,
        headers: Mapping[str, str],
        query: Mapping[str, str],
    ) -> HTTPStatus:
        self.given.append((vendor, token, body, headers["x-sign"], dict(query)))
        return HTTPStatus.UNAUTHORIZED


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def application(hook: Hook) -> Flask:
    application = Flask(__name__)
    application.config["MAX_CONTENT_LENGTH"] = 1000
    application.register_blueprint(blueprint(hook))  # type: ignore[arg-type]
    return application


def test_a_hook_is_handed_over_as_it_came(application: Flask, hook: Hook) -> None:
    answer = application.test_client().post(
        "/hooks/pms/guesty/token?a=1", data=b"raw", headers={"X-Sign": "s"}
    )
    assert (answer.status_code, answer.data) == (401, b"")
    assert hook.given == [("guesty", "token", b"raw", "s", {"a": "1"})]


def test_a_body_that_is_too_large_is_not_even_looked_at(application: Flask, hook: Hook) -> None:
    answer = application.test_client().post("/hooks/pms/guesty/token", data=b"x" * 2000)
    assert (answer.status_code, hook.given) == (413, [])


def test_nobody_reads_there(application: Flask) -> None:
    assert application.test_client().get("/hooks/pms/guesty/token").status_code == 405
