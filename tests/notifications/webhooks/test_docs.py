"""The example of docs/webhooks.md checks real messages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from callassist.domain.webhook_event import EVENTS, TEST_EVENT
from callassist.notifications.webhooks.endpoints import rotate_secret
from tests.notifications.webhooks.conftest import Hooked

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"


def example() -> Any:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)
    return names["is_from_call_assist"]


def test_the_example_takes_ours_and_nobody_elses(hooked: Hooked) -> None:
    check = example()
    scene = hooked.scene
    with scene.sessions.write() as session:
        _, new = rotate_secret(
            session, scene.vault, hooked.viewer, hooked.endpoint_id, now=scene.now
        )
    hooked.tell()
    [got] = hooked.receiver.got
    assert check(hooked.secret, got.headers, got.body)
    assert check(new, got.headers, got.body)
    assert not check(new, got.headers, got.body + b" ")
    assert not check("whsec_" + "A" * 44, got.headers, got.body)
    old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 301)}
    assert not check(new, old, got.body)


def test_every_event_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in (*EVENTS.values(), TEST_EVENT) if f"`{name}`" not in page] == []
