"""Two firms with homes, a desk that serves the first, and people who sign in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from callassist import notifications, roster, stays
from callassist.accounts.agreements import agree
from callassist.accounts.connections import create_connection
from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.desks import create_desk
from callassist.accounts.people import add_person, create_account, viewer_for_person
from callassist.accounts.properties import PropertyInput, create_property
from callassist.accounts.sensors import pair_sensor
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.domain.viewer import Role, Viewer
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import (
    Account,
    CallTask,
    Incident,
    NotificationChannel,
    Operator,
    Person,
    Property,
    Sensor,
    Stay,
)
from callassist.notifications.keeping_channels import ChannelInput, add_channel
from callassist.sensors.registry import ADAPTERS
from tests.web.pages.browser import Browser
from tests.web.world import GUEST, HOST, World

ADMIN = Viewer(name="the test", is_admin=True)
OWNER, LOOKER, OTHER = "maria@example.com", "look@example.com", "other@example.com"
ANN, BEN, BOTH, CHIEF = (
    "ann@example.com",
    "ben@example.com",
    "both@example.com",
    "chief@example.com",
)
HOME, GUEST_NAME, CALL_NAME = "Harbour Loft 4 rue du Port", "Robin <b>Example</b>", "Canal 12"


class Stage:
    """Everything that pages can show; made through the services."""

    def __init__(self, world: World, guest_language: str = "en", guest_number: str = GUEST) -> None:
        self.world = world
        self.guest_language = guest_language
        self.vault = world.service.vault
        now = world.clock.now()
        with world.service.sessions.write() as session:
            self._session, self._now = session, now
            add_person(session, CHIEF, Role.ADMIN, now=now, name="Chief")
            self.account = self._account("Seaside Homes", OWNER, "Maria")
            self.other = self._account("Other Firm", OTHER, "Otto")
            add_person(session, LOOKER, Role.VIEWER, now=now, account=self.account, name="Lou")
            self.desk = create_desk(session, self.vault, ADMIN, "Night desk", now=now)
            for email, name in ((ANN, "Ann"), (BEN, "Ben"), (BOTH, "Zoe")):
                self._operator(email, name)
            add_person(session, BOTH, Role.OWNER, now=now, account=self.account)
            agree(session, ADMIN, self.desk, self.account, starts_at=now - timedelta(days=1))
            self.home = self._home(self.account, HOME)
            self.other_home = self._home(self.other, "Foreign Villa")
            self._stay(self.home, GUEST_NAME, guest_number)
            self._stay(self.other_home, "Foreign Guest")
            self._sensor()
            self.channel = self._channel()
        self.channel_id = self.channel.public_id
        self.account_id = self.account.public_id
        self.home_id, self.other_home_id = self.home.public_id, self.other_home.public_id
        self.desk_id = self.desk.public_id
        world.run()

    # -- people

    def sign_in(self, email: str, language: str = "en") -> Browser:
        """A browser in which somebody is signed in, by link."""
        browser = Browser(self.world.app, language)
        browser.post(f"/sign-in/link/{self.link(email)}")
        return browser

    def link(self, email: str) -> str:
        """A fresh one-time token."""
        with self.world.service.sessions.write() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one()
            return make_sign_in_link(session, person, datetime.now(UTC))

    def person(self, email: str) -> Person:
        with self.world.service.sessions.read() as session:
            return session.scalars(select(Person).where(Person.email == email)).one()

    # -- a night

    def available(self, browser: Browser) -> None:
        """An operator goes available and everything due happens."""
        browser.post("/desk/presence", state="available")
        self.world.run()

    def call_about_home(self, owner: Browser) -> str:
        """The host asks for a call; the incident's id."""
        answer = owner.post(f"/homes/{self.home_id}/call", complaint="A neighbour rang")
        assert answer.status_code == 302, answer.text
        self.world.run()
        return answer.location.rpartition("/")[2]

    def task(self) -> CallTask:
        """The newest call task."""
        with self.world.service.sessions.read() as session:
            query = select(CallTask).order_by(CallTask.id.desc()).limit(1)
            return session.scalars(query).one()

    def task_of(self, name: str) -> CallTask:
        """What an operator has in hand or is offered."""
        with self.world.service.sessions.read() as session:
            query = (
                select(CallTask)
                .join(Operator, Operator.id == CallTask.operator_id)
                .where(
                    Operator.desk_name == name,
                    CallTask.state.in_(("offered", "assigned", "wrapping_up")),
                )
            )
            return session.scalars(query).one()

    def incident(self) -> Incident:
        with self.world.service.sessions.read() as session:
            query = select(Incident).order_by(Incident.id.desc()).limit(1)
            return session.scalars(query).one()

    def stay_id(self) -> str:
        with self.world.service.sessions.read() as session:
            query = select(Stay.public_id).where(Stay.property_id == self.home.id)
            return session.scalars(query).one()

    def more_homes(self, count: int, *, calls: bool = False, number: str = "") -> None:
        """Homes of the first firm, each with a guest of its own; also called about, if asked.

        With a `number` their guests share that one.
        """
        with self.world.service.sessions.write() as session:
            self._session, self._now = session, self.world.clock.now()
            known = session.scalars(select(Property)).all()
            account = session.get_one(Account, self.account.id)
            for n in range(len(known), len(known) + count):
                home = self._home(account, f"Home {n}")
                self._stay(home, f"Guest {n}", number or f"+12025550{120 + n}")
                if calls:
                    ctx = self.world.service.escalation
                    open_by_hand(session, ctx, home, OpenedBy.HOST, now=self._now)
        self.world.run()

    def answer_call(self, browser: Browser, result: str, **more: str) -> None:
        """Take the offered call, dial, wait for its end, save the result."""
        task = self.task()
        browser.post(f"/desk/tasks/{task.public_id}/accept")
        browser.post(f"/desk/tasks/{task.public_id}/dial")
        self.world.run()
        for _ in range(40):
            if self.task().state == "wrapping_up":
                break
            self.world.pass_time(seconds=15)
            browser.get("/desk")
        answer = browser.post(f"/desk/tasks/{task.public_id}/result", result=result, **more)
        assert answer.status_code == 302, answer.text
        self.world.run()

    # -- making it

    def _account(self, name: str, owner: str, person: str) -> Account:
        account = create_account(self._session, name, now=self._now, timezone="Europe/Paris")
        add_person(self._session, owner, Role.OWNER, now=self._now, account=account, name=person)
        return account

    def _operator(self, email: str, name: str) -> None:
        add_person(
            self._session,
            email,
            Role.OPERATOR,
            now=self._now,
            desk=self.desk,
            name=name,
            languages=("en", "fr"),
        )
        operator = self._session.scalars(select(Operator).where(Operator.desk_name == name)).one()
        roster.add_shift(
            self._session,
            ADMIN,
            operator.public_id,
            self._now - timedelta(hours=1),
            self._now + timedelta(hours=20),
        )

    def _home(self, account: Account, name: str) -> Property:
        typed = PropertyInput(
            name=name,
            timezone="Europe/Paris",
            country="FR",
            host_spoken_name="Maria",
            call_name=CALL_NAME,
        )
        home = create_property(self._session, ADMIN, account, typed, now=self._now)
        contact = ContactInput(name="Anna Contact", phone=HOST)
        add_contact(self._session, self.vault, ADMIN, home.public_id, contact)
        return home

    def _stay(self, home: Property, guest: str, number: str = GUEST) -> None:
        details = stays.StayDetails(
            check_in_at=self._now - timedelta(days=1),
            check_out_at=self._now + timedelta(days=3),
            guest_name=guest,
            language=self.guest_language,
            numbers=(number,),
        )
        stays.put_stay(self._session, self.vault, ADMIN, home.public_id, details, now=self._now)

    def _sensor(self) -> None:
        made = create_connection(
            self._session,
            self.vault,
            ADMIN,
            self.account,
            "generic",
            now=self._now,
            adapters={name: one.check_options for name, one in ADAPTERS.items()},
            name="Hall sensors",
            signed=False,
        )
        self.hook = made.path

    def hears(self, level: float, sensor: str = "loft-1") -> None:
        """The sensor posts one level; the first time it is paired with the home."""
        at = self.world.clock.now().isoformat()
        body = {"sensor": sensor, "at": at, "level_db": level}
        answer = self.world.client.post(self.hook, json=body)
        assert answer.status_code == 202, answer.text
        self.world.run()

    def pair(self, sensor: str = "loft-1") -> None:
        """Pair a sensor that was heard with the home."""
        with self.world.service.sessions.write() as session:
            found = session.scalars(select(Sensor).where(Sensor.external_id == sensor)).one()
            pair_sensor(session, ADMIN, found.public_id, self.home_id)

    def _channel(self) -> NotificationChannel:
        owner = self._viewer(OWNER)
        person = self._session.get_one(Person, owner.person_id)
        typed = ChannelInput(kind="email", address=OWNER, person_public_id=person.public_id)
        channel = add_channel(
            self._session, self.vault, owner, typed, now=self._now, account=self.account
        )
        notifications.test_channel(self._session, channel.id, self._now)
        return channel

    def _viewer(self, email: str) -> Viewer:
        person = self._session.scalars(select(Person).where(Person.email == email)).one()
        return viewer_for_person(self._session, person)


def local(at: datetime) -> str:
    """What a browser sends for a date and time in the homes' zone."""
    return at.astimezone(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%dT%H:%M")
