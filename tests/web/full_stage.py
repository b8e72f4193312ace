"""A night with everything in it, and everybody who can look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, send_file
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import invitations
from callassist.accounts.invitations import InvitationInput
from callassist.models import CallAttempt, Desk, Digest, Incident, NeedsYou, PhoneRing, Report
from callassist.roster.result_links import result_link
from callassist.stays.guest_links import guest_link
from callassist.web.pages.refusals import sentence
from callassist.web.translate import gettext
from tests.web.pages.browser import Browser
from tests.web.pages.host.systems_stage import connected, listed, ran
from tests.web.pages.host.test_home_files import send as send_homes
from tests.web.pages.host.test_rules import saved as saved_rules
from tests.web.pages.host.webhook_stage import told
from tests.web.pages.stage import ADMIN, ANN, BEN, BOTH, CHIEF, LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_board import found
from tests.web.pages.test_second_step import switched_on
from tests.web.pages.test_stays import send as send_stays
from tests.web.pages.test_unsubscribing import reports_path
from tests.web.played_stage import NEW, SUE, long_names, new_firm, operators_at_work, played
from tests.web.screens import Seat, screens

ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
DETAIL = "you have a home of this name already; it stays as it is"
LOGGED = "an error of ours, logged as 0123456789ab; try again later"
PROVIDER_DOWN = "the firm's sign-in does not answer (ConnectionError)"
SYSTEM_DOWN = "Hostaway does not answer in time"
HOMES_FILE = (
    "name,timezone,country,location,tags\nMill,Europe/Paris,FR,Nice,sea\n=A1,Paris,FR,,\n,,,,\n"
)
AXE = Path(__file__).parent / "browser" / "vendor" / "axe.min.js"
AXE_AT = "/try/axe.js"
STAYS_FILE = "home,check_in,check_out,guest,phone,reference\n"


FIRST = ("host", "operator", "supervisor", "administrator", "visitor", "guest")
SEATS = (
    *FIRST,
    *("member", "new-host", "offered-operator", "writing-operator", "careful-host"),
)


class WayIn(TypedDict):
    """How a browser comes in; empty where nothing is asked."""

    link: str
    code: str


@dataclass(frozen=True)
class FullStage:
    """A played stage, furnished with what only few see; `seats` is who looks at what."""

    stage: Stage
    seats: dict[str, Seat]

    def enters(self, name: str, language: str = "en") -> Browser:
        """A browser of this language in which somebody is signed in, if they can."""
        seat = self.seats[name]
        if not seat.email:
            return Browser(self.stage.world.app, language)
        browser = self.stage.sign_in(seat.email, language)
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
        return {name: self._screens_of(name, seat) for name, seat in self.seats.items()}

    def _screens_of(self, name: str, seat: Seat) -> dict[str, str]:
        return screens(self.stage.world.app, self.enters(name), seat)

    def screens_once(self) -> dict[str, dict[str, str]]:
        """What several see alike only for the first of them; where somebody begins always."""
        seen: set[str] = set()
        chosen: dict[str, dict[str, str]] = {}
        for name, seat in self.seats.items():
            starts = seat.starts
            of_one = self._screens_of(name, replace(seat, follows=name in FIRST))
            chosen[name] = {
                each: path for each, path in of_one.items() if each not in seen or path in starts
            }
            seen |= of_one.keys()
        return chosen


def furnished(stage: Stage) -> FullStage:
    """Also links by mail, files half imported, a new firm, an operator in each state."""
    _show_refusals(stage.world.app)
    stage.world.app.add_url_rule(AXE_AT, "try_axe", _axe)
    played(stage)
    stage.world.service.uptime.beat()
    owner = stage.sign_in(OWNER)
    called = _called_about(stage)
    assert owner.post(f"/incidents/{called}/cancel").status_code == 302
    stage.world.run()
    _systems(stage)
    told(stage)
    host = _of_the_host(stage, owner)
    long_home = long_names(stage)
    new_firm(stage)
    visitor = _by_link(stage, owner, stage.sign_in(SUE))
    _secret, codes = switched_on(stage, OTHER)
    tasks = operators_at_work(stage, owner, long_home)
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


def _systems(stage: Stage) -> None:
    """Booking systems: one that works and waits for homes, one that was refused."""
    now = stage.world.clock.now()
    working = connected(stage, complete_at=now)
    listed(stage, working, "Quay 9", "Mill", country="FR")
    ran(stage, working, now, stays=41, created=3, without_number=2)
    failing = connected(stage, "hostaway", failures=2, error=SYSTEM_DOWN, name="Quai Ouest")
    ran(stage, failing, now, error=SYSTEM_DOWN)


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
        rung = _rung(session, stage)
        figures = stage.vault.open(session.scalars(select(Digest.stop_token)).one())
    return {
        "board_links.wall": found(r"/wall/[\w-]+", sue.post("/board/links", kind="wall").text),
        "shared.report": found(r"/shared/[\w-]+", shared),
        "shared.stop": f"/figures/stop/{figures}",
        "shared.stop_messages": reports,
        "shared.call_result": rung,
        "entry.join": f"/invitation/{asked.token}",
        "entry.link": f"/sign-in/link/{stage.link(OWNER)}",
        **{f"error {status}": f"/try/error/{status}" for status in ERRORS},
        "gone invitation": "/invitation/unknown",
        "gone guest": "/g/unknown",
        "gone report": "/shared/unknown",
        "gone firm": "/try/firm",
    }


def _rung(session: Session, stage: Stage) -> str:
    """The link of somebody on duty who took a call by phone and has said how it went."""
    attempt = session.scalars(select(CallAttempt).order_by(CallAttempt.id)).first()
    assert attempt is not None
    now = stage.world.clock.now()
    ring = PhoneRing(
        about="task",
        account_id=attempt.account_id,
        incident_id=attempt.incident_id,
        task_id=attempt.task_id,
        operator_id=attempt.operator_id,
        attempt_id=attempt.id,
        turn=0,
        language="en",
        number_index="index",
        number_mask="•••",
        state="ended",
        ending="taken",
        provider="simulated",
        token="ring",
        requested_at=now,
        ended_at=now,
        result_asked_at=now,
        result_used_at=now,
    )
    session.add(ring)
    session.flush()
    return result_link(stage.vault, ring, "")


def _called_about(stage: Stage) -> str:
    """The incident in which the guest was spoken to."""
    with stage.world.service.sessions.read() as session:
        query = select(Incident.public_id).where(Incident.property_id == stage.home.id)
        return session.scalars(query).one()


def _axe() -> Response:
    """What looks for barriers, at an address of the site's own."""
    return send_file(AXE, max_age=3600)


def _show_refusals(app: Flask) -> None:
    """Addresses under which every refusal can be looked at."""

    def error(status: int) -> str:
        abort(status, description=LOGGED if status == HTTPStatus.INTERNAL_SERVER_ERROR else DETAIL)

    def firm() -> tuple[str, int]:
        why, button = sentence(PROVIDER_DOWN), gettext("Sign in with your firm’s account")
        return render_template("entry/firm_failed.html", why=why, firm=button), 503

    app.add_url_rule("/try/error/<int:status>", "try_error", error)
    app.add_url_rule("/try/firm", "try_firm", firm)
