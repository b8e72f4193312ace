"""The look of the pages: its files, its pieces, its colours, its weight."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from werkzeug.test import TestResponse

from callassist.clock import ManualClock
from callassist.web.pages.desk.keys import SHORTCUTS
from callassist.web.pages.gallery import icon_names
from tests.databases import SqliteDatabases
from tests.web.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "callassist" / "web"
STATIC, TEMPLATES = WEB / "static", WEB / "templates"
PIECES = ("buttons", "forms", "lists", "marks", "progress", "surfaces")
CSS_BUDGET, SCRIPT_BUDGET = 25_000, 60_000


@pytest.fixture
def studio(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[World]:
    """A service in development: with the gallery."""
    made = World(sqlite_databases.create(tmp_path), tmp_path, clock, CALLASSIST_DEVELOPMENT="true")
    yield made
    made.close()


# -- files


def test_files_are_kept_for_ever_under_their_version_and_briefly_without(world: World) -> None:
    page = world.client.get("/sign-in").text
    linked = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(linked) > 10
    for url in linked:
        answer = _file(world, url)
        assert "immutable" in answer.headers["Cache-Control"], url
        plain = _file(world, re.sub(r"^/static/[0-9a-f]{12}/", "/static/", url))
        assert plain.headers["Cache-Control"] == "max-age=3600, public"
        assert plain.get_data() == answer.get_data()


def _file(world: World, url: str) -> TestResponse:
    """A file, read to its end, so that it is closed."""
    answer = world.client.get(url, buffered=True)
    assert answer.status_code == 200, url
    return answer


def test_what_a_stylesheet_names_stays_in_its_version(world: World) -> None:
    page = world.client.get("/sign-in").text
    tokens = next(url for url in re.findall(r'href="([^"]+)"', page) if "tokens.css" in url)
    fonts = re.findall(r'url\("\.\./([^"]+)"\)', _file(world, tokens).text)
    assert len(fonts) == 2
    for font in fonts:
        answer = _file(world, tokens.replace("css/tokens.css", font))
        assert "immutable" in answer.headers["Cache-Control"]


def test_in_development_files_are_never_kept(studio: World) -> None:
    page = studio.client.get("/sign-in").text
    linked = re.findall(r'href="(/static/[^"#]+css)', page)
    assert "/static/css/tokens.css" in linked
    assert "max-age=0" in _file(studio, linked[0]).headers["Cache-Control"]


def test_others_work_has_its_licence_and_the_version_of_the_list() -> None:
    pins = tomllib.loads((ROOT / "scripts" / "vendor.toml").read_text("utf-8"))["packages"]
    folders = [*(STATIC / "vendor").iterdir(), ROOT / "tests" / "web" / "browser" / "vendor"]
    found = {}
    for folder in folders:
        assert (folder / "LICENSE").read_text("utf-8").strip()
        name, version = (folder / "VERSION").read_text("utf-8").split()
        found[name] = version
    assert found == pins


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [*STATIC.rglob("*.css"), *TEMPLATES.rglob("*.html")]:
        text = path.read_text("utf-8")
        assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", text), path
        assert not re.search(r"(?:src|href|action|poster|srcset)=[\"'](?:https?:)?//", text), path
    for path in (STATIC / "js").rglob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"(?:from|import)\s*\(?[\"'](?!\.)", text), path


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=\"|\son[a-z]+=\"", text), path


# -- weight


def test_a_page_stays_within_its_budget(world: World) -> None:
    page = world.client.get("/sign-in").text
    common = set(re.findall(r"/static/[0-9a-f]{12}/(css/[^\"]+)", page))
    areas = [
        _packed(STATIC / "css" / path.name)
        for path in (STATIC / "css").glob("*.css")
        if f"css/{path.name}" not in common
    ]
    shared = sum(_packed(STATIC / name) for name in common)
    assert shared + max(areas, default=0) <= CSS_BUDGET
    # Twilio's softphone is loaded by operators alone, and only when they call through it
    vendored = (each for each in (STATIC / "vendor").rglob("*.js") if "twilio" not in each.name)
    scripts = [*(STATIC / "js").rglob("*.js"), *vendored]
    assert sum(_packed(path) for path in scripts) <= SCRIPT_BUDGET


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


# -- pieces


def test_every_icon_that_is_named_exists() -> None:
    known, missing = set(icon_names(STATIC)), {}
    places = _icon_places()
    for path in TEMPLATES.rglob("*.html"):
        tree = Environment().parse(path.read_text("utf-8"))
        named = {name for call in tree.find_all(nodes.Call) for name in _icons_of(call, places)}
        if named - known:
            missing[str(path.relative_to(TEMPLATES))] = sorted(named - known)
    assert missing == {}
    for path in (WEB / "pages").rglob("*.py"):
        named = set(re.findall(r"icon=\"([a-z0-9-]+)\"", path.read_text("utf-8")))
        assert named <= known, path


def test_every_piece_is_shown_in_the_gallery() -> None:
    trees = [
        Environment().parse(path.read_text("utf-8"))
        for path in (TEMPLATES / "gallery").glob("*.html")
    ]
    shown = {
        found.attr
        for tree in trees
        for found in tree.find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == "ui"
    }
    assert shown >= set(_icon_places()) - {"protected"}  # that one cannot be seen


def _icon_places() -> dict[str, int | None]:
    """Each piece, and which of its arguments is an icon."""
    places: dict[str, int | None] = {}
    for name in PIECES:
        tree = Environment().parse((TEMPLATES / "ui" / f"{name}.html").read_text("utf-8"))
        for macro in tree.find_all(nodes.Macro):
            arguments = [argument.name for argument in macro.args]
            if not macro.name.startswith("_"):
                places[macro.name] = arguments.index("icon") if "icon" in arguments else None
    places["icon"] = 0
    return places


def _icons_of(call: nodes.Call, places: dict[str, int | None]) -> Iterator[str]:
    target = call.node
    name = target.attr if isinstance(target, nodes.Getattr) else getattr(target, "name", "")
    place = places.get(name.removeprefix("_"))
    given = [argument.value for argument in call.kwargs if argument.key == "icon"]
    if place is not None and len(call.args) > place:
        given.append(call.args[place])
    for value in given:
        yield from _texts(value)


def _texts(value: nodes.Node) -> Iterator[str]:
    """What an expression can come to, as far as it is written down."""
    if isinstance(value, nodes.Const) and isinstance(value.value, str) and value.value:
        yield value.value
    elif isinstance(value, nodes.CondExpr):
        for branch in (value.expr1, value.expr2):
            if branch is not None:
                yield from _texts(branch)


def test_the_gallery_speaks_both_languages(studio: World) -> None:
    english = studio.client.get("/_ui", headers={"Accept-Language": "en"})
    french = studio.client.get("/_ui", headers={"Accept-Language": "fr"})
    assert english.status_code == french.status_code == 200
    assert "This was not saved" in english.text
    assert "This was not saved" not in french.text
    assert '<html lang="fr">' in french.text
    assert "unsafe" not in french.headers["Content-Security-Policy"]


def test_outside_development_there_is_no_gallery(world: World) -> None:
    assert world.client.get("/_ui").status_code == 404


def test_a_chosen_look_is_applied_by_the_server(world: World) -> None:
    assert "data-theme=" not in world.client.get("/sign-in").text
    for theme in ("dark", "light"):
        answer = _choose_theme(world, theme, back="//elsewhere.example/")
        assert answer == (302, "/")
        assert f'data-theme="{theme}"' in world.client.get("/sign-in").text
    assert _choose_theme(world, "system") == (302, "/sign-in")
    assert "data-theme=" not in world.client.get("/sign-in").text
    assert _choose_theme(world, "neon")[0] == 404


def _choose_theme(world: World, theme: str, back: str = "/sign-in") -> tuple[int, str]:
    page = world.client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "theme": theme, "back": back}
    answer = world.client.post("/theme", data=form)
    return answer.status_code, answer.headers.get("Location", "")


# -- colours

_LIGHT_DARK = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
_TEXTS = {
    "ink": ("bg", "surface", "raised", "sunken", "hover"),
    "ink-2": ("bg", "surface", "raised", "sunken", "hover"),
    "ink-3": ("bg", "surface", "raised", "sunken"),
    "brand": ("bg", "surface", "raised"),
    "brand-strong": ("bg", "surface"),
    "on-brand": ("brand", "brand-strong"),
    "brand-soft-ink": ("brand-soft",),
    **{f"{tone}-ink": (f"{tone}-soft", "surface") for tone in ("calm", "watch", "loud", "info")},
    **dict.fromkeys(("calm", "watch", "loud", "info"), ("surface",)),
}
_CONTROLS = {"line-strong": ("bg", "surface"), "calm": ("calm-soft",), "loud": ("loud-soft",)}


@pytest.mark.parametrize(
    ("pairs", "least"), [(_TEXTS, 4.5), (_CONTROLS, 3.0)], ids=["texts", "controls"]
)
def test_colours_can_be_told_apart(pairs: dict[str, tuple[str, ...]], least: float) -> None:
    found = _LIGHT_DARK.findall((STATIC / "css" / "tokens.css").read_text("utf-8"))
    for mode in (0, 1):
        colours = {name: values[mode] for name, *values in found}
        for front, grounds in pairs.items():
            for ground in grounds:
                assert _contrast(colours[front], colours[ground]) >= least, (mode, front, ground)


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_stylesheets_use_only_values_that_exist() -> None:
    sheets = {path.name: path.read_text("utf-8") for path in (STATIC / "css").glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheets.values())))
    scripts = "".join(path.read_text("utf-8") for path in (STATIC / "js").glob("*.js"))
    defined |= set(re.findall(r"[\"'](--[\w-]+)[\"']", scripts))
    for name, text in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= defined, name


def test_the_keys_on_the_desks_buttons_are_those_of_the_list() -> None:
    css = (STATIC / "css" / "desk.css").read_text("utf-8")
    drawn = re.findall(r'\[data-does="(\w+)"\][^{,]*::after \{ content: "([^"]+)"', css)
    listed = {one.does: one.key for one in SHORTCUTS}
    assert drawn
    assert {does: listed[does] for does, _key in drawn} == dict(drawn)
