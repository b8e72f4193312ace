"""A night with everything in it, and everybody who can look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import urlsplit

from flask import Flask, abort, render_template
from sqlalchemy import select

from callassist import roster, stays
from callassist.accounts import invitations
from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.invitations import InvitationInput
from callassist.accounts.people import add_person, create_account
from callassist.accounts.properties import PropertyInput, create_property
from callassist.domain.viewer import Role
from callassist.models import Account, Desk, Digest, Incident, NeedsYou, Operator, Report
from callassist.roster import swaps
from callassist.roster.swaps import SwapInput
from callassist.stays.guest_links import guest_link
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext
from tests.web.pages.browser import Browser
from tests.web.pages.host.test_home_files import send as send_homes
from tests.web.pages.host.test_rules import saved as saved_rules
from tests.web.pages.stage import ADMIN, ANN, BEN, BOTH, CHIEF, LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_board import found
from tests.web.pages.test_second_step import switched_on
from tests.web.pages.test_stays import send as send_stays
from tests.web.pages.test_unsubscribing import reports_path
from tests.web.screens import Seat, screens
from tests.web.world import HOST

SUE, NEW, CAREFUL = "sue@example.com", "new@example.com", "careful@example.com"
LONG_NAME = "Résidence Les Terrasses-du-Vieux-Port, bâtiment C, 3e étage gauche"
LONG_GUEST = "Maximiliane-Alexandra von Hohenberg-Beispielmann"
ANSWERS = "+12025550101"
ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
DETAIL = "you have a home of this name already; it stays as it is"
LOGGED = "an error of ours, logged as 0123456789ab; try again later"
PROVIDER_DOWN = "the firm's sign-in does not answer (ConnectionError)"
HOMES_FILE = (
    "name,timezone,country,location,tags\nMill,Europe/Paris,FR,Nice,sea\n=A1,Paris,FR,,\n,,,,\n"
)
STAYS_FILE = "home,check_in,check_out,guest,phone,reference\n"


SEATS = (
    *("host", "operator", "supervisor", "administrator", "visitor", "guest"),
    *("member", "new-host", "offered-operator", "writing-operator", "careful-host"),
)


def played(stage: Stage) -> Stage:
    """A night with a finished call, more to come, a pairing, a shift, a report."""
    world = stage.world
    with world.service.sessions.write() as session:
        add_person(
            session,
            SUE,
            Role.SUPERVISOR,
            now=world.clock.now(),
            desk=stage.desk,
            name="Sue",
            desk_name="Sue",
            languages=("en",),
        )
    stage.hears(50)
    stage.pair()
    stage.hears(52, "patio-2")
    ann, owner = stage.sign_in(ANN), stage.sign_in(OWNER)
    stage.available(ann)
    for _ in range(14):
        stage.hears(90)
        world.pass_time(minutes=1)
        ann.get("/desk")
    stage.available(ann)
    stage.call_about_home(owner)
    stage.answer_call(ann, "guest_refused", note="Will not turn it down")
    _shifts_to_come(stage)
    return stage


def _shifts_to_come(stage: Stage) -> None:
    """Two of Ann's; Ben was asked about the first, and has agreed."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        query = select(Operator).where(Operator.desk_name.in_(("Ann", "Ben")))
        ann, ben = session.scalars(query.order_by(Operator.desk_name))
        nights = [now + timedelta(days=days) for days in (2, 4)]
        shifts = [
            roster.add_shift(session, ADMIN, ann.public_id, at, at + timedelta(hours=8))
            for at in nights
        ]
        typed = SwapInput(
            shift_id=shifts[0].public_id, colleague_id=ben.public_id, reason="A wedding"
        )
        swap = swaps.ask(session, ann, typed, now)
        swaps.agree(session, ben, swap.public_id, now)


class WayIn(TypedDict):
    """How a browser comes in; empty where nothing is asked."""

    link: str
    code: str


@dataclass(frozen=True)
class FullStage:
    """A played stage, furnished with what only few see; `seats` is who looks at what."""

    stage: Stage
    seats: dict[str, Seat]

    def enters(self, name: str) -> Browser:
        """A browser in which somebody is signed in, if they can."""
        seat = self.seats[name]
        if not seat.email:
            return Browser(self.stage.world.app)
        browser = self.stage.sign_in(seat.email)
        if seat.codes:
            browser.post("/sign-in/code", code=seat.codes[0])
        return browser

    def way_in(self, name: str, number: int) -> WayIn:
        """For a browser of its own: a fresh link, and the code that nobody has used yet."""
        seat = self.seats[name]
        return WayIn(
            link=self.stage.link(seat.email) if seat.email else "",
            code=seat.codes[number + 1] if seat.codes else "",
        )

    def screens(self) -> dict[str, dict[str, str]]:
        """Every screen that each of them has."""
        app = self.stage.world.app
        return {name: screens(app, self.enters(name), seat) for name, seat in self.seats.items()}

    def screens_once(self) -> dict[str, dict[str, str]]:
        """What several see alike only for the first of them; where somebody begins always."""
        seen: set[str] = set()
        chosen: dict[str, dict[str, str]] = {}
        for name, of_one in self.screens().items():
            starts = self.seats[name].starts
            chosen[name] = {
                each: path for each, path in of_one.items() if each not in seen or path in starts
            }
            seen |= of_one.keys()
        return chosen


def furnished(stage: Stage) -> FullStage:
    """Also links by mail, files half imported, a new firm, an operator in each state."""
    _show_refusals(stage.world.app)
    played(stage)
    stage.world.service.uptime.beat()
    owner = stage.sign_in(OWNER)
    called = _called_about(stage)
    assert owner.post(f"/incidents/{called}/cancel").status_code == 302
    stage.world.run()
    host = _of_the_host(stage, owner)
    long_home = _long_names(stage)
    _new_firm(stage)
    visitor = _by_link(stage, owner, stage.sign_in(SUE))
    _secret, codes = switched_on(stage, OTHER)
    tasks = _operators_at_work(stage, owner, long_home)
    return FullStage(
        stage,
        {
            "host": Seat(email=OWNER, starts=("/",), named=host),
            "operator": Seat(
                email=ANN,
                starts=("/desk", "/desk/start", "/desk/shift", "/desk/end"),
                named={"desk.task": tasks[ANN]},
            ),
            "supervisor": Seat(email=SUE, starts=("/board", "/board/wall")),
            "administrator": Seat(email=CHIEF, starts=("/admin",)),
            "visitor": Seat(starts=("/sign-in", "/sign-in/forgotten", "/nowhere"), named=visitor),
            "guest": Seat(named={"guest.page": guest_page(stage)}),
            "member": Seat(email=LOOKER, starts=("/",)),
            "new-host": Seat(email=NEW, starts=("/",)),
            "offered-operator": Seat(email=BEN, starts=("/desk",), follows=False),
            "writing-operator": Seat(
                email=BOTH,
                starts=("/desk",),
                named={"desk.task writing": tasks[BOTH]},
                follows=False,
            ),
            "careful-host": Seat(
                email=OTHER,
                follows=False,
                named={"people.second_step_off": "/account/second-step/off"},
                codes=tuple(codes),
            ),
        },
    )


def guest_page(stage: Stage) -> str:
    """The address of a guest's own page."""
    service = stage.world.service
    with service.sessions.write() as session:
        token = guest_link(
            session, service.vault, ADMIN, stage.stay_id(), now=stage.world.clock.now()
        )
    return f"/g/{token}"


def _of_the_host(stage: Stage, owner: Browser) -> dict[str, str]:
    """What a host gets to by doing something."""
    stays_file = f"{STAYS_FILE}{stage.home.name},2026-07-01,2026-07-04,Kim,12,R1\nNone,x,,Kim,,\n"
    with stage.world.service.sessions.read() as session:
        alarm = session.scalars(select(NeedsYou.public_id)).first()
        report = session.scalars(select(Report.public_id)).first()
    rules = saved_rules(stage, owner)
    return {
        "host.incident over": f"/incidents/{_called_about(stage)}",
        "host.alarm": f"/needs-you/{alarm}",
        "host.report": f"/reports/{report}",
        "host.rule_set": urlsplit(rules).path if rules.startswith("/rules") else _a_set(owner),
        "host.homes_preview": send_homes(owner, HOMES_FILE.encode()).location,
        "host.import_preview": send_stays(owner, stays_file.encode()).location,
        "people.test": owner.post(f"/account/channels/{stage.channel_id}/test").location,
    }


def _a_set(owner: Browser) -> str:
    return found(r"/rules/(?!new)\w+", owner.page("/rules"))


def _long_names(stage: Stage) -> str:
    """A home and a guest whose names are as long as people have them."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        typed = PropertyInput(name=LONG_NAME, timezone="Europe/Paris", country="FR")
        account = session.get_one(Account, stage.account.id)
        home = create_property(session, ADMIN, account, typed, now=now)
        details = stays.StayDetails(
            check_in_at=now - timedelta(days=1),
            check_out_at=now + timedelta(days=12),
            guest_name=LONG_GUEST,
            language="fr",
            numbers=(ANSWERS,),
        )
        stays.put_stay(session, stage.vault, ADMIN, home.public_id, details, now=now)
        contact = ContactInput(name=LONG_GUEST, phone=HOST)
        add_contact(session, stage.vault, ADMIN, home.public_id, contact)
        return home.public_id


def _operators_at_work(stage: Stage, owner: Browser, home: str) -> dict[str, str]:
    """Zoe writes down how her call ended, Ann dials, Ben is offered one, one more waits."""
    world = stage.world
    ann, zoe, ben = (stage.sign_in(email) for email in (ANN, BOTH, BEN))
    ann.post("/desk/presence", state="offline")
    owner.post(f"/homes/{home}/call", complaint="A neighbour rang")
    tasks = {BOTH: _taken(stage, zoe, "Zoe")}
    for _ in range(40):
        if stage.task_of("Zoe").state == "wrapping_up":
            break
        world.pass_time(seconds=15)
        zoe.get("/desk")
    stage.more_homes(3, calls=True)
    tasks[ANN] = _taken(stage, ann, "Ann")
    stage.available(ben)
    return {email: f"/desk/tasks/{task}" for email, task in tasks.items()}


def _taken(stage: Stage, browser: Browser, name: str) -> str:
    """Somebody goes available, takes what they are offered, and dials."""
    stage.world.run()
    stage.available(browser)
    task = stage.task_of(name).public_id
    for act in ("accept", "dial"):
        answer = browser.post(f"/desk/tasks/{task}/{act}")
        assert answer.status_code in (302, 303), answer.text
    stage.world.run()
    return task


def _new_firm(stage: Stage) -> None:
    """A host who signed in for the first time: nothing is there yet."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        account = create_account(session, "Newcomer", now=now, timezone="Europe/Paris")
        add_person(session, NEW, Role.OWNER, now=now, account=account, name="Nora")


def _by_link(stage: Stage, owner: Browser, sue: Browser) -> dict[str, str]:
    """What people open who are not signed in."""
    path = f"/incidents/{_called_about(stage)}/share"
    shared = owner.post(path, days="7", label="The neighbour").text
    reports = reports_path(stage, "en")
    sent = {"address": "olga@example.org", "frequency": "weekly", "language": "en"}
    owner.post("/reports/by-mail", account=stage.account_id, **sent)
    with stage.world.service.sessions.write() as session:
        asked = invitations.invite(
            session,
            ADMIN,
            InvitationInput(email="nia@example.com", role="operator", name="Nia"),
            now=datetime.now(UTC),
            noted_at=stage.world.clock.now(),
            desk=session.get_one(Desk, stage.desk.id),
        )
        figures = stage.vault.open(session.scalars(select(Digest.stop_token)).one())
    return {
        "board_links.wall": found(r"/wall/[\w-]+", sue.post("/board/links", kind="wall").text),
        "shared.report": found(r"/shared/[\w-]+", shared),
        "shared.stop": f"/figures/stop/{figures}",
        "shared.stop_messages": reports,
        "entry.join": f"/invitation/{asked.token}",
        "entry.link": f"/sign-in/link/{stage.link(OWNER)}",
        **{f"error {status}": f"/try/error/{status}" for status in ERRORS},
        "gone invitation": "/invitation/unknown",
        "gone guest": "/g/unknown",
        "gone report": "/shared/unknown",
        "gone firm": "/try/firm",
    }


def _called_about(stage: Stage) -> str:
    """The incident in which the guest was spoken to."""
    with stage.world.service.sessions.read() as session:
        query = select(Incident.public_id).where(Incident.property_id == stage.home.id)
        return session.scalars(query).one()


def _show_refusals(app: Flask) -> None:
    """Addresses under which every refusal can be looked at."""

    def error(status: int) -> str:
        abort(status, description=LOGGED if status == HTTPStatus.INTERNAL_SERVER_ERROR else DETAIL)

    def firm() -> tuple[str, int]:
        why, button = sentence(PROVIDER_DOWN), gettext("Sign in with your firm’s account")
        return render_template("entry/firm_failed.html", why=why, firm=button), 503

    app.add_url_rule("/try/error/<int:status>", "try_error", error)
    app.add_url_rule("/try/firm", "try_firm", firm)
