"""Who hears of a swap, and when not."""

from __future__ import annotations

from sqlalchemy import select

from callassist.accounts.people import viewer_for_person
from callassist.models import (
    Notification,
    NotificationChannel,
    Person,
)
from callassist.notifications.joining import joined_facts, link
from callassist.notifications.keeping_channels import ChannelInput, add_channel
from callassist.notifications.quiet_people import HELD_BACK
from tests.web.pages.stage import ANN, BEN, Stage
from tests.web.pages.swapping import asked, shift
from tests.web.pages.test_board import SUE, chief


def listens(stage: Stage, email: str, kind: str = "email", address: str = "") -> None:
    """A mail address at the desk, or another one, where news go."""
    with stage.world.service.sessions.write() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        typed = ChannelInput(kind=kind, address=address or email, person_public_id=person.public_id)
        add_channel(
            session,
            stage.vault,
            viewer_for_person(session, person),
            typed,
            now=stage.world.clock.now(),
            desk=stage.desk,
        )


def told(stage: Stage) -> list[tuple[str, str]]:
    """Who was told what, in order."""
    with stage.world.service.sessions.read() as session:
        rows = session.execute(
            select(NotificationChannel.address_mask, Notification.facts)
            .join(NotificationChannel, NotificationChannel.id == Notification.channel_id)
            .where(Notification.kind == "shift_swap")
            .order_by(Notification.id)
        )
        return [(mask[:1], facts["reason"]) for mask, facts in rows]


def test_each_step_is_told_to_those_whom_it_concerns(stage: Stage) -> None:
    ann, ben, sue = stage.sign_in(ANN), stage.sign_in(BEN), chief(stage)
    for email in (ANN, BEN, SUE):
        listens(stage, email)
    swap_id = asked(stage, ann, shift(stage, "Ann", 3))
    ben.post(f"/desk/swaps/{swap_id}/agree")
    sue.post(f"/board/swaps/{swap_id}/confirm")
    steps = [("b", "asked"), ("s", "agreed"), ("a", "confirmed"), ("b", "confirmed")]
    assert told(stage) == steps
    ben.post(f"/desk/swaps/{swap_id}/decline")  # refused: nothing is told
    assert told(stage) == steps
    assert sent(stage) == [
        ("Ann", "Europe/Paris", "/desk/shift"),
        ("Ann", "Europe/Paris", "/board/shifts"),
        ("Ben", "Europe/Paris", "/desk/shift"),
        ("Ann", "Europe/Paris", "/desk/shift"),
    ]


def sent(stage: Stage) -> list[tuple[str, str, str]]:
    """What each message is made of: the other one's name, the reader's zone, and where it leads."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.read() as session:
        news = select(Notification).where(Notification.kind == "shift_swap")
        return [
            (str(facts["who"]), str(facts["timezone"]), link(session, stage.vault, one, ""))
            for one in session.scalars(news.order_by(Notification.id))
            for facts in [joined_facts(session, stage.vault, one, now)]
        ]


def test_who_sleeps_is_not_woken_for_a_shift(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    listens(stage, BEN, "apprise", "ntfys://ntfy.sh/bens-phone")
    with stage.world.service.sessions.write() as session:  # it is 22:00 in Paris
        ben = session.scalars(select(Person).where(Person.email == BEN)).one()
        ben.quiet_from, ben.quiet_until, ben.timezone = "21:30", "07:00", "Europe/Paris"
    asked(stage, ann, shift(stage, "Ann", 3))
    with stage.world.service.sessions.read() as session:
        [held] = session.scalars(select(Notification).where(Notification.kind == "shift_swap"))
    assert (held.status, held.reason) == ("skipped", HELD_BACK)
