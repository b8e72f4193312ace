"""Every page in English and in French, without a word of the other language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callassist.models import NeedsYou
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, BOTH, CHIEF, OWNER, Stage
from tests.web.reading import FOREIGN, read
from tests.web.world import World


def of_host(stage: Stage) -> Iterator[str]:
    home = f"/homes/{stage.home_id}"
    yield from ("/", home, "/homes/new", f"{home}/edit", f"{home}/call", f"{home}/pause")
    yield from (f"{home}/stays/new", f"{home}/stays/{stage.stay_id()}", f"{home}/contacts/new")
    yield from ("/connections/new", "/incidents", "/password")
    yield from ("/account/notifications", "/team", "/team/changes", "/programs", "/status")
    yield from ("/account", "/account/ways-in", "/account/second-step", "/account/second-step/off")
    yield from ("/stays", "/stays/calendar", "/stays/import", "/reports", "/duty")


def of_administrator(stage: Stage) -> Iterator[str]:
    yield from ("/admin", "/admin/tokens", f"/admin/desks/{stage.desk_id}")


def check(browser: Browser, paths: Iterator[str] | list[str], language: str) -> None:
    for path in paths:
        found = read(browser.get(path).text, language) & FOREIGN[language]
        assert not found, f"{path} in {language}: {sorted(found)}"


def speaking(stage: Stage, email: str, language: str) -> Browser:
    browser = stage.sign_in(email)
    browser.post("/language", language=language)
    return browser


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_speaks_one_language(world: World, language: str) -> None:
    stage = Stage(world, guest_language=language)
    visitor = Browser(world.app, language)
    check(visitor, ["/sign-in", "/sign-in/forgotten", "/sign-in/link/x", "/nowhere"], language)
    owner, ann = (speaking(stage, email, language) for email in (OWNER, ANN))
    stage.hears(50)
    check(owner, of_host(stage), language)
    stage.pair()
    check(speaking(stage, CHIEF, language), of_administrator(stage), language)
    check(ann, ["/desk"], language)
    both = speaking(stage, BOTH, language)
    stage.available(both)
    check(both, ["/", "/desk"], language)
    both.post("/desk/presence", state="offline")
    stage.available(ann)
    for _ in range(14):
        stage.hears(90)
        world.pass_time(minutes=1)
        ann.get("/desk")
    check(owner, ["/", f"/incidents/{stage.incident().public_id}"], language)
    incident = stage.call_about_home(owner)
    stage.available(ann)
    a_night(stage, owner, ann, incident, language)


def a_night(stage: Stage, owner: Browser, ann: Browser, incident: str, language: str) -> None:
    """An incident from its first call to its report, looked at from both sides."""
    task, world = f"/desk/tasks/{stage.task().public_id}", stage.world
    mine, of_incident = ["/desk", task], ["/", f"/incidents/{incident}"]
    check(ann, mine, language)
    ann.post(f"{task}/accept")
    check(ann, mine, language)
    check(owner, of_incident, language)
    ann.post(f"{task}/dial")
    world.run()
    check(ann, mine, language)
    for _ in range(40):
        if stage.task().state == "wrapping_up":
            break
        world.pass_time(seconds=15)
        ann.get("/desk")
    check(ann, mine, language)
    refused = ann.post(f"{task}/result", result="language_barrier", note="x" * 3000)
    assert refused.status_code == 422
    assert not read(refused.text, language) & FOREIGN[language]
    ann.post(f"{task}/result", result="guest_refused", note="42")
    world.run()
    check(ann, ["/desk"], language)
    check(owner, [*of_incident, "/incidents"], language)
    with world.service.sessions.read() as session:
        alarm = session.query(NeedsYou).first()
    assert alarm is not None
    check(owner, [f"/needs-you/{alarm.public_id}"], language)
    owner.post(f"/needs-you/{alarm.public_id}/acknowledge")
    check(owner, [f"/needs-you/{alarm.public_id}"], language)
    owner.post(f"/incidents/{incident}/take-over")
    world.run()
    check(owner, of_incident, language)


def test_the_language_is_the_browsers_until_somebody_chooses(stage: Stage) -> None:
    visitor = Browser(stage.world.app, "fr-CH, fr;q=0.9, en;q=0.5")
    assert '<html lang="fr">' in visitor.page("/sign-in")
    assert visitor.post("/language", language="en", back="/sign-in").location == "/sign-in"
    assert '<html lang="en">' in visitor.page("/sign-in")
    assert visitor.post("/language", language="xx").status_code == 404


def test_a_chosen_language_stays_with_the_person(stage: Stage) -> None:
    stage.sign_in(OWNER).post("/language", language="fr")
    assert stage.person(OWNER).language == "fr"
    assert '<html lang="fr">' in stage.sign_in(OWNER, "en").page("/")
