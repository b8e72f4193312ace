"""A night played on the stage, and what makes its pictures rich: long names, work in each state."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callassist import roster, stays
from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.people import add_person, create_account
from callassist.accounts.properties import PropertyInput, create_property
from callassist.domain.viewer import Role
from callassist.models import Account, Operator
from callassist.roster import swaps
from callassist.roster.swaps import SwapInput
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ADMIN, ANN, BEN, BOTH, OWNER, Stage
from tests.web.world import HOST

SUE, NEW = "sue@example.com", "new@example.com"
LONG_NAME = "Résidence Les Terrasses-du-Vieux-Port, bâtiment C, 3e étage gauche"
LONG_GUEST = "Maximiliane-Alexandra von Hohenberg-Beispielmann"
ANSWERS = "+12025550101"


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


def long_names(stage: Stage) -> str:
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


def operators_at_work(stage: Stage, owner: Browser, home: str) -> dict[str, str]:
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


def new_firm(stage: Stage) -> None:
    """A host who signed in for the first time: nothing is there yet."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        account = create_account(session, "Newcomer", now=now, timezone="Europe/Paris")
        add_person(session, NEW, Role.OWNER, now=now, account=account, name="Nora")
