"""Looking at screens in Chromium, and what can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

DESKTOP, PHONE, NARROW = 1440, 390, 320
_HEIGHT = 844
_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}}).then((found) =>
  found.violations.map((one) =>
    `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`))"""
_WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True, kw_only=True)
class View:
    """How somebody looks."""

    language: str
    theme: str  # light or dark
    width: int
    with_axe: bool = True

    @property
    def name(self) -> str:
        """For messages and file names."""
        return f"{self.language}-{self.theme}-{self.width}"


def look(
    browser: Browser,
    address: str,
    view: View,
    paths: Mapping[str, str],
    link: str | None,
    pictures: Path | None = None,
) -> Iterator[str]:
    """What is wrong with each screen in one view; signed in by a one-time link."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": view.width, "height": _HEIGHT},
        color_scheme="dark" if view.theme == "dark" else "light",
        locale="fr-FR" if view.language == "fr" else "en-GB",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in" if link is None else f"/sign-in/link/{link}")
    if link is not None:
        page.locator("main form button").first.click()
        page.wait_for_load_state()
    _speak(page, view.language)
    for route, path in paths.items():
        complaints.clear()
        page.goto(path)
        where = f"{path} ({view.name})"
        yield from faults_of(page, where, with_axe=view.with_axe)
        yield from (
            f"{where}: {each}" for each in complaints if not (route == "none" and "404" in each)
        )
        if pictures is not None:
            name = route.replace(" ", "_").replace(".", "-")
            page.screenshot(path=pictures / f"{name}-{view.name}.png", full_page=True)
    context.close()


def faults_of(page: Page, where: str, *, with_axe: bool) -> Iterator[str]:
    """What is wrong with the page that is shown."""
    wider: Any = page.evaluate(_WIDER)
    if wider > 0:
        yield f"{where}: {wider} px wider than the window"
    if with_axe:
        page.evaluate(_AXE)
        for violation in page.evaluate(_RUN, list(_RULES)):
            yield f"{where}: {violation}"


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
