"""Looking at screens in Chromium, and what can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.web.full_stage import AXE, AXE_AT
from tests.web.reading import foreign
from tests.web.screens import OF_ITS_OWN, ON_THE_WAY, REFUSED

DESKTOP, PHONE, NARROW = 1440, 390, 320
_HEIGHT = 844
_PATIENCE = 90_000  # milliseconds, on a machine that has much else to do
_AXE = AXE.read_text(encoding="utf-8")
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}}).then((found) =>
  found.violations.map((one) =>
    `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`))"""
# A script of the site's own: Chromium keeps what it compiled of it, which sending it does not.
_FETCH = """(path) => new Promise((done, failed) => {
  const script = Object.assign(document.createElement("script"), {src: path, onload: () => done()});
  script.onerror = () => failed(new Error(path));
  document.head.append(script);
})"""
_WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
_READ = ("en", "fr")


@dataclass(frozen=True, kw_only=True)
class View:
    """How somebody looks; a page is loaded once and the window made narrower."""

    language: str
    theme: str  # light or dark
    widths: tuple[int, ...]
    axe_at: tuple[int, ...]

    @property
    def name(self) -> str:
        """For messages and file names."""
        return f"{self.language}-{self.theme}"


@dataclass(frozen=True, kw_only=True)
class Looker:
    """A browser at an address, and who signs in there: by a one-time link, and perhaps a code."""

    browser: Browser
    address: str
    link: str = ""
    code: str = ""
    pictures: Path | None = None


def look(looker: Looker, view: View, paths: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with each screen in one view."""
    context = _window(looker, view)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield from _come_in(looker, page, view)
    for name, path in paths.items():
        complaints.clear()
        answer = page.goto(path)
        where = f"{name} at {path} ({view.name})"
        yield from _answered(name, where, answer)
        yield from _seen(looker, page, view, name, where)
        yield from (f"{where}: {each}" for each in complaints if not _is_expected(name, each))
    context.close()


def _window(looker: Looker, view: View) -> BrowserContext:
    context = looker.browser.new_context(
        base_url=looker.address,
        viewport={"width": view.widths[0], "height": _HEIGHT},
        color_scheme="dark" if view.theme == "dark" else "light",
        locale={"fr": "fr-FR", "en": "en-GB"}.get(view.language, view.language),
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    context.set_default_timeout(_PATIENCE)
    return context


def _come_in(looker: Looker, page: Page, view: View) -> Iterator[str]:
    """Sign in and choose the language; the page of the second step is looked at on the way."""
    page.goto(f"/sign-in/link/{looker.link}" if looker.link else "/sign-in")
    if looker.link:
        page.locator("main form button").first.click()
        page.wait_for_load_state()
    if view.language in _READ:
        _speak(page, view.language)
    if looker.code:
        yield from _seen(looker, page, view, ON_THE_WAY, f"{ON_THE_WAY} ({view.name})")
        page.locator('input[name="code"]').fill(looker.code)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in/code"))
        _speak(page, view.language)


def _seen(looker: Looker, page: Page, view: View, name: str, where: str) -> Iterator[str]:
    """The page in each width, and read once."""
    for width in view.widths:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        yield from faults_of(page, f"{where} {width} px", with_axe=width in view.axe_at)
        if looker.pictures is not None:
            file = f"{name.replace(' ', '_').replace('.', '-')}-{view.name}-{width}.png"
            page.screenshot(path=looker.pictures / file, full_page=True)
    if view.language in _READ:
        spoken = page.locator("html").get_attribute("lang") or "none"
        if spoken != view.language and name not in OF_ITS_OWN:
            yield f"{where}: is in {spoken}"
        found = foreign(page.content(), spoken)
        if found:
            yield f"{where}: in another language: {sorted(found)}"


def faults_of(page: Page, where: str, *, with_axe: bool) -> Iterator[str]:
    """What is wrong with the page that is shown."""
    wider: Any = page.evaluate(_WIDER)
    if wider > 0:
        yield f"{where}: {wider} px wider than the window"
    if with_axe:
        if not page.evaluate("() => 'axe' in window"):
            _bring_axe(page)
        for violation in page.evaluate(_RUN, list(_RULES)):
            yield f"{where}: {violation}"


def _bring_axe(page: Page) -> None:
    """As a page's policy allows it: one without scripts of its own may forbid all of them."""
    if page.locator("head script[src]").count():
        page.evaluate(_FETCH, AXE_AT)
    else:
        page.evaluate(_AXE)


def _answered(name: str, where: str, answer: Response | None) -> Iterator[str]:
    is_refusal = name.startswith(REFUSED) or name == "none"
    if answer is not None and answer.ok == is_refusal:
        yield f"{where}: answered {answer.status}"


def _is_expected(name: str, complaint: str) -> bool:
    """Chromium writes every refused address into the console."""
    refused = name.startswith(REFUSED) or name == "none"
    return refused and "the server responded with a status of" in complaint


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    if message.type in ("error", "warning"):
        complaints.append(message.text)


def _speak(page: Page, language: str) -> None:
    """Choose the language by the page's own form."""
    if page.locator("html").get_attribute("lang") == language:
        return
    page.evaluate(
        """(code) => {
          const form = document.querySelector("form.language-choice");
          form.requestSubmit(form.querySelector(`button[value="${code}"]`));
        }""",
        language,
    )
    page.locator(f'html[lang="{language}"]').wait_for(state="attached")
