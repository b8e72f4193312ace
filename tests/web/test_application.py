"""Addresses are remembered: they are what Flask would write."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from callassist.web.application import Application


def made(kind: type[Flask]) -> Flask:
    app = kind(__name__)
    app.add_url_rule("/homes/<home_id>", "home", lambda home_id: home_id)
    app.add_url_rule("/homes", "homes", lambda: "")
    return app


@pytest.mark.parametrize("root", ["", "/calls"])
@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("homes", {}),
        ("homes", {"missing": None}),
        ("homes", {"page": 1}),
        ("homes", {"page": True}),
        ("homes", {"page": ["1", "2"]}),
        ("homes", {"q": "a&b é"}),
        ("homes", {"_anchor": "set-up"}),
        ("homes", {"_external": True}),
        ("home", {"home_id": "a/b"}),
        ("home", {"home_id": "x" * 200}),
    ],
)
def test_an_address_is_as_flask_writes_it_also_the_second_time(
    root: str, endpoint: str, values: dict[str, Any]
) -> None:
    ours, plain = made(Application), made(Flask)
    written = []
    for app in (plain, ours, ours):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            written.append(url_for(endpoint, **values))

    assert written[0] == written[1] == written[2]


def test_one_address_is_not_given_for_another() -> None:
    app = made(Application)

    with app.test_request_context("/"):
        found = [url_for("homes", page=page) for page in (1, True, "1", None)]
        found += [url_for("home", home_id=one) for one in ("a", "b")]
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/calls"}):
        found.append(url_for("home", home_id="a"))

    assert found == [
        *("/homes?page=1", "/homes?page=True", "/homes?page=1", "/homes"),
        *("/homes/a", "/homes/b", "/calls/homes/a"),
    ]
