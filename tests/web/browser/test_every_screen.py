"""Every screen in Chromium: accessible, nothing wider than the window, nothing in the console.

The screens are dealt out to twelve views, by language, theme and width, and read without Chromium
in the other language; `scripts/prove screens` looks at each screen in every view. What several
people see alike is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.web.browser.live_page import live_site
from tests.web.browser.looking import DESKTOP, NARROW, PHONE, Looker, View, faults_of, look
from tests.web.full_stage import FullStage, furnished
from tests.web.pages.stage import Stage
from tests.web.reading import foreign
from tests.web.screens import OF_ITS_OWN
from tests.web.world import World

pytestmark = [pytest.mark.browser, pytest.mark.long]

# A ringing desk asks for a gesture else.
CHROMIUM_FLAGS = ("--autoplay-policy=no-user-gesture-required",)
LOOKS = (("en", "light"), ("fr", "dark"), ("en", "dark"), ("fr", "light"))
WIDTHS = (DESKTOP, PHONE, NARROW)
EVENING = datetime(2026, 6, 13, 20, tzinfo=UTC)


def _view(turn: int) -> View:
    """Each look with each width; the next width only for what is too wide."""
    language, theme = LOOKS[turn % len(LOOKS)]
    width, next_width = WIDTHS[turn % len(WIDTHS)], WIDTHS[(turn + 1) % len(WIDTHS)]
    return View(language=language, theme=theme, widths=(width, next_width), axe_at=(width,))


VIEWS = tuple(_view(turn) for turn in range(len(LOOKS) * len(WIDTHS)))


@dataclass(frozen=True)
class Part:
    """Neighbouring screens of one person."""

    who: str
    screens: Mapping[str, str]
    number: int  # of this person's parts; each comes in anew


@dataclass(frozen=True)
class Shown:
    """A furnished stage behind a port, and what is looked at in each view."""

    full: FullStage
    hands: list[list[Part]]
    address: str


def hands_of(screens: Mapping[str, Mapping[str, str]], count: int) -> list[list[Part]]:
    """All screens in `count` hands of nearly the same size."""
    every = [(who, name) for who, of_one in screens.items() for name in of_one]
    come_in = dict.fromkeys(screens, 0)
    hands = []
    for turn in range(count):
        hand: dict[str, dict[str, str]] = {}
        for who, name in every[turn * len(every) // count : (turn + 1) * len(every) // count]:
            hand.setdefault(who, {})[name] = screens[who][name]
        hands.append([Part(who, of_one, come_in[who]) for who, of_one in hand.items()])
        for who in hand:
            come_in[who] += 1
    return hands


@pytest.fixture(scope="module")
def shown(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    """Made once: looking changes nothing."""
    folder = tmp_path_factory.mktemp("screens")
    world = World(sqlite_databases.create(folder), folder, ManualClock(EVENING))
    stage = Stage(world)
    with live_site(stage) as site:
        full = furnished(stage)
        yield Shown(full, hands_of(full.screens_once(), len(VIEWS)), site.address)
    world.close()


@pytest.mark.parametrize(
    ("view", "turn"),
    [(view, turn) for turn, view in enumerate(VIEWS)],
    ids=[f"{view.name}-{view.widths[0]}" for view in VIEWS],
)
def test_every_screen_can_be_used_by_everybody(
    shown: Shown, browser: Browser, view: View, turn: int
) -> None:
    assert shown.hands[turn]
    faults = [
        fault
        for part in shown.hands[turn]
        for fault in (*_seen(shown, browser, view, part), *_read(shown, view, part))
    ]
    assert not faults, "\n".join(faults)


def _seen(shown: Shown, browser: Browser, view: View, part: Part) -> Iterator[str]:
    way_in = shown.full.way_in(part.who, part.number)
    yield from look(Looker(browser=browser, address=shown.address, **way_in), view, part.screens)


def _read(shown: Shown, view: View, part: Part) -> Iterator[str]:
    """What is said in the language in which Chromium does not look at these screens."""
    if shown.full.seats[part.who].codes:
        return  # a code lets in once; that screen is read in `test_languages`
    language = "en" if view.language == "fr" else "fr"
    browser = shown.full.enters(part.who, language)
    browser.post("/language", language=language)
    for name, path in part.screens.items():
        if name in OF_ITS_OWN:
            continue
        text = browser.get(path).text
        if f'<html lang="{language}"' not in text:
            yield f"{name} at {path}: is not in {language}"
        if said := foreign(text, language):
            yield f"{name} at {path} ({language}): in another language: {sorted(said)}"


def test_every_screen_is_in_one_hand() -> None:
    screens = {"host": dict.fromkeys("abcdefg", "/"), "guest": {"h": "/"}, "member": {"i": "/"}}
    hands = hands_of(screens, 4)
    assert [name for hand in hands for part in hand for name in part.screens] == list("abcdefghi")
    assert [len([1 for part in hand for _ in part.screens]) for hand in hands] == [2, 2, 2, 3]
    assert [part.number for hand in hands for part in hand if part.who == "host"] == [0, 1, 2, 3]
    assert {(view.name, view.axe_at) for view in VIEWS} == {
        (f"{language}-{theme}", (width,)) for language, theme in LOOKS for width in WIDTHS
    }


def test_the_check_finds_what_is_wrong(browser: Browser) -> None:
    """A page with planted faults: the check of the test above can fail."""
    page: Page = browser.new_page(viewport={"width": NARROW, "height": 700})
    page.set_content(
        '<html lang="en"><head><title>Planted</title></head><body><main><h1>Planted</h1>'
        '<img src="data:,"><button></button><p style="color:#bbb;background:#fff">pale</p>'
        '<div style="width:900px">wide</div></main></body></html>'
    )
    found = " ".join(faults_of(page, "planted", with_axe=True))
    for planted in ("image-alt", "button-name", "color-contrast", "wider than the window"):
        assert planted in found
