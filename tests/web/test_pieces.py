"""Pieces of pages whose words depend on figures."""

from __future__ import annotations

import re

import pytest

from tests.web.world import World


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("attempt_dots(1, true)", "Attempt 2 of 3 runs"),
        ("attempt_dots(3, true)", "Attempt 3 of 3 runs"),  # a call that counts as no attempt
        ("attempt_dots(3)", "3 of 3 attempts made"),
    ],
)
def test_no_attempt_runs_beyond_the_last(world: World, piece: str, said: str) -> None:
    template = world.app.jinja_env.from_string(
        f"{{% import 'ui.html' as ui with context %}}{{{{ ui.{piece} }}}}"
    )
    with world.app.test_request_context("/"):
        shown = template.render()
    assert re.findall(r'aria-label="([^"]*)"', shown) == [said]
