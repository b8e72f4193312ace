"""No page is forgotten: every address that can be asked for is a screen of somebody, or named."""

from __future__ import annotations

import pytest

from tests.web.full_stage import SEATS, furnished
from tests.web.pages.stage import Stage
from tests.web.reading import foreign
from tests.web.screens import missing, parts, unknown
from tests.web.world import World


def test_every_page_of_the_url_map_is_a_screen_that_is_looked_at(world: World) -> None:
    full = furnished(Stage(world))
    found = full.screens()
    assert tuple(found) == SEATS
    assert missing(world.app, {name for each in found.values() for name in each}) == set()
    assert unknown(world.app) == set()
    for who in ("host", "operator", "supervisor"):
        browser = full.enters(who)
        for language in ("en", "fr"):
            browser.post("/language", language=language)
            pieces = parts(world.app, browser, found[who].values())
            assert pieces
            for route, path in pieces.items():
                said = foreign(browser.page(path), language)
                assert not said, f"{route} at {path} in {language}: {sorted(said)}"


def test_a_page_that_nobody_sees_is_named(world: World) -> None:
    world.app.add_url_rule("/forgotten", "host.forgotten", lambda: "")
    assert "host.forgotten" in missing(world.app, [])
    assert "host.tonight" not in missing(world.app, ["host.tonight span=1h"])


@pytest.mark.parametrize(
    ("part", "language", "said"),
    [
        ("<p>You are here</p>", "fr", {"you", "are", "here"}),
        ('<p lang="en">You are here</p>', "fr", set()),
        ('<button title="Se déconnecter">x</button>', "en", {"Se déconnecter"}),
        ("<p>Aucun logement</p>", "en", {"aucun", "logement"}),
        ("<p>Harbour Loft 4 rue du Port</p>", "fr", set()),
    ],
)
def test_a_word_of_the_other_language_is_found(part: str, language: str, said: set[str]) -> None:
    assert said <= foreign(part, language)
    assert bool(said) == bool(foreign(part, language))
