"""What people look at again and again finds its rows by an index."""

from __future__ import annotations

import pytest

from tests.plans import listening
from tests.web.pages.stage import ANN, CHIEF, OWNER, Stage


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (ANN, "/desk"),
        (CHIEF, "/board"),
        (OWNER, "/"),
        (OWNER, "/tonight"),
        (OWNER, "/homes"),
        (OWNER, "/incidents"),
        (OWNER, "/sensors"),
    ],
)
def test_no_page_reads_all_that_ever_was(stage: Stage, who: str, path: str) -> None:
    stage.more_homes(2, calls=True)
    browser = stage.sign_in(who)
    browser.page(path)
    with listening(stage.world.service.sessions.engine) as asked:
        browser.page(path)
    assert asked.whole_tables() == []
