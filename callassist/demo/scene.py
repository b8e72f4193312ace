"""Sets the scene: accounts, desk, homes, stays, sensors, shifts, tokens, through the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist import roster, stays
from callassist.accounts.agreements import agree
from callassist.accounts.connections import NewConnection, create_connection
from callassist.accounts.contacts import ContactInput, add_contact
from callassist.accounts.desks import create_desk
from callassist.accounts.people import add_person, create_account
from callassist.accounts.policies import create_policy
from callassist.accounts.properties import PropertyInput, create_property
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.accounts.tokens import issue_token
from callassist.demo.cast import CAST, ROBOTS, Home, Robot
from callassist.demo.on_call import may_be_phoned_automatically, on_call_account
from callassist.domain.noise import SourceKind
from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, Desk, NotificationChannel, Operator, Person, Property, Sensor
from callassist.storage.facts import put_fact
from callassist.storage.vault import Vault

ADMIN = Viewer(name="demo", is_admin=True)
HOST_EMAIL = "host@demo.callassist.invalid"
SHIFT = timedelta(hours=24)
# adapter -> what the host calls it
BRANDS = {"generic": "Sonometer", "minut": "Minut", "home_assistant": "Home Assistant"}
OPERATOR_EMAIL = "operator@demo.callassist.invalid"


@dataclass
class Scene:
    """What the director needs to play: addresses, secrets and tokens, by name."""

    connections: dict[str, NewConnection] = field(default_factory=dict)  # adapter -> connection
    robot_tokens: dict[str, str] = field(default_factory=dict)
    host_token: str = ""
    on_call_token: str = ""  # of the host whose duty rota is rung
    tokens: dict[str, str] = field(default_factory=dict)  # home -> its host's
    homes: dict[str, str] = field(default_factory=dict)  # name -> public id
    stories: dict[int, str] = field(default_factory=dict)  # property id -> story
    links: dict[str, str] = field(default_factory=dict)  # who -> one-time sign-in token


def set_scene(
    session: Session,
    vault: Vault,
    night_began: datetime,
    cast: tuple[Home, ...] = CAST,
    robots: tuple[Robot, ...] = ROBOTS,
) -> Scene:
    """Write the demo's people and homes into an empty database."""
    now = night_began
    scene = Scene()
    account = create_account(session, "Demo Stays", now=now, timezone="Europe/Paris")
    desk = create_desk(session, vault, ADMIN, "Demo desk", now=now, languages=("en", "fr"))
    agree(session, ADMIN, desk, account, starts_at=now - timedelta(days=1))
    _people(session, vault, scene, account, desk, now)
    for robot in robots:
        scene.robot_tokens[robot.name] = _robot(session, vault, desk, robot, now)
    roles = {"host": HOST_EMAIL, "operator": email_of(robots[0].name)}
    roles["supervisor"] = OPERATOR_EMAIL
    put_fact(session, "demo", {"roles": roles}, now=now)
    _sensor_brands(session, vault, scene, account, now)
    on_call = account
    if any(home.on_call for home in cast):
        on_call, scene.on_call_token = on_call_account(session, vault, now)
    for home in cast:
        scene.tokens[home.name] = scene.on_call_token if home.on_call else scene.host_token
        _home(session, vault, scene, on_call if home.on_call else account, home, now)
    session.flush()
    # whoever looks at the demo reads it in the language of their browser
    session.execute(update(Person).values(language=None))
    return scene


def _sensor_brands(
    session: Session, vault: Vault, scene: Scene, account: Account, now: datetime
) -> None:
    for adapter, name in BRANDS.items():
        scene.connections[adapter] = create_connection(
            session,
            vault,
            ADMIN,
            account,
            adapter,
            now=now,
            adapters={adapter: _any_options},
            name=name,
            signed=adapter == "generic",
        )


def _people(
    session: Session, vault: Vault, scene: Scene, account: Account, desk: Desk, now: datetime
) -> None:
    real_now = datetime.now(UTC)
    host = add_person(session, HOST_EMAIL, Role.OWNER, now=now, account=account, name="Demo Host")
    operator = add_person(
        session,
        OPERATOR_EMAIL,
        Role.SUPERVISOR,
        now=now,
        desk=desk,
        name="Demo Operator",
        desk_name="Sam",
        languages=("en", "fr"),
    )
    scene.links["host"] = make_sign_in_link(session, host, real_now)
    scene.links["operator"] = make_sign_in_link(session, operator, real_now)
    scene.host_token = issue_token(
        session, Role.HOST, now=real_now, account=account, name="demo director"
    )
    for place in ({"account_id": account.id, "person_id": host.id}, {"desk_id": desk.id}):
        address = HOST_EMAIL if "account_id" in place else OPERATOR_EMAIL
        session.add(
            NotificationChannel(
                kind="email",
                address=vault.seal(address),
                address_mask="•••@demo.callassist.invalid",
                language="en",
                muted_kinds=[],
                created_at=now,
                **place,
            )
        )


def _robot(session: Session, vault: Vault, desk: Desk, robot: Robot, now: datetime) -> str:
    person = add_person(
        session,
        email_of(robot.name),
        Role.OPERATOR,
        now=now,
        desk=desk,
        name=f"Robot {robot.name}",
        desk_name=robot.name,
        languages=robot.languages,
    )
    operator = session.scalars(select(Operator).where(Operator.person_id == person.id)).one()
    for day in range(2):
        starts_at = now + day * SHIFT
        roster.add_shift(session, ADMIN, operator.public_id, starts_at, starts_at + SHIFT)
    return issue_token(
        session, Role.OPERATOR, now=datetime.now(UTC), operator=operator, name="demo robot"
    )


def email_of(robot: str) -> str:
    """The address of a robot operator, with which a visitor can stand in for it."""
    return f"{robot.lower()}@demo.callassist.invalid"


def _home(
    session: Session, vault: Vault, scene: Scene, account: Account, home: Home, now: datetime
) -> None:
    policy = None
    if home.attempt_gap is not None:
        rules = {"cadence": {"attempt_gap": home.attempt_gap}}
        policy = create_policy(session, ADMIN, account, f"{home.name} rules", rules, now=now)
    typed = PropertyInput(
        name=home.name,
        timezone=home.zone,
        country=home.country,
        location=home.zone.rpartition("/")[2].replace("_", " "),
        tags=home.tags,
        call_name=home.name.split()[0],
        host_spoken_name="Demo Stays",
        policy=policy.public_id if policy else None,
    )
    place = create_property(session, ADMIN, account, typed, now=now)
    scene.homes[home.name] = place.public_id
    scene.stories[place.id] = home.story
    for phone in home.host_numbers:
        contact = ContactInput(name="Demo Host", phone=phone, languages=("en",))
        add_contact(session, vault, ADMIN, place.public_id, contact)
    if not home.booked_by:
        details = stays.StayDetails(
            check_in_at=now - timedelta(days=1),
            check_out_at=now + timedelta(days=3),
            guest_name=home.guest,
            language=home.language,
            numbers=home.guest_numbers,
        )
        stay = stays.put_stay(session, vault, ADMIN, place.public_id, details, now=now)
        if home.on_call:
            may_be_phoned_automatically(session, stay.public_id, now)
    _sensors(session, scene.connections, home, place, now)


def _sensors(
    session: Session,
    connections: Mapping[str, NewConnection],
    home: Home,
    place: Property,
    now: datetime,
) -> None:
    kinds = []
    if home.level is not None:
        kinds.append((home.brand, SourceKind.LEVEL))
    if home.notices is not None:
        kinds.append(("minut", SourceKind.NOTICE))
    for adapter, kind in kinds:
        session.add(
            Sensor(
                connection_id=connections[adapter].connection.id,
                account_id=place.account_id,
                external_id=home.name,
                name=f"{home.name} ({BRANDS[adapter]})",
                property_id=place.id,
                kind=str(kind),
                interval_seconds=60,
                created_at=now,
            )
        )


def _any_options(options: Mapping[str, object]) -> None:
    """The demo's connections have no options."""
