"""The homes of the demo night and what their sensors hear. Change a number: the story changes.

All people are fictional; the numbers are reserved for fiction and reach nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

PARIS, NEW_YORK, SYDNEY = "Europe/Paris", "America/New_York", "Australia/Sydney"
LOUD_DB, CALM_DB = 82.0, 48.0
NIGHT_MINUTES = 390


def number(last: int) -> str:
    """+1 202 555 01NN of the simulated network (NN chooses what happens)."""
    return f"+1202555{100 + last:04d}"


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level sensor: loud in these spans (minutes of the story), dark in those, else calm."""

    loud: tuple[tuple[float, float], ...]
    dark: tuple[tuple[float, float], ...] = ()
    breaks_at: float | None = None  # never heard again


@dataclass(frozen=True, kw_only=True)
class Notices:
    """A Minut home: notices at these minutes, `ended` at the last."""

    at: tuple[float, ...]
    ended_at: float


@dataclass(frozen=True, kw_only=True)
class Home:
    """One home, its story, its guest and its host, and when it begins (minutes of the night)."""

    name: str
    story: str
    begins: float
    zone: str = PARIS
    country: str = "FR"
    level: Level | None = None
    notices: Notices | None = None
    guest: str = "Robin Sample"
    language: str = "en"
    guest_numbers: tuple[str, ...] = (number(2),)
    host_numbers: tuple[str, ...] = (number(3),)
    attempt_gap: str | None = None
    tags: tuple[str, ...] = ()
    called_by_hand_at: float | None = None
    booked_by: str = ""  # the booking system that its guest comes from; typed in where empty
    brand: str = "generic"  # of its level sensor
    on_call: bool = False  # of the account with nobody at a screen
    phones_back_from: str = ""  # the number from which a guest who missed the call phones us


@dataclass(frozen=True, kw_only=True)
class OnCallPhone:
    """Somebody on the duty rota, until this minute of the night; None: to its end."""

    name: str
    number: str
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Robot:
    """An operator who takes every offer."""

    name: str
    languages: tuple[str, ...]


CAST: tuple[Home, ...] = (
    Home(
        name="Harbour Loft",
        story="guest answers and it gets quiet",
        begins=0,
        booked_by="hostaway",
        tags=("sea",),
        level=Level(loud=((0, 42),)),
    ),
    Home(
        name="Garden House",
        story="three attempts unanswered, host reached",
        begins=20,
        booked_by="hostaway",
        tags=("garden",),
        level=Level(loud=((0, 66),)),
        guest_numbers=(number(20),),
    ),
    Home(
        name="Mill Cottage",
        story="nobody reached",
        begins=40,
        zone=NEW_YORK,
        country="US",
        level=Level(loud=((0, 100),)),  # quiet before an hour has passed since nobody was reached
        guest_numbers=(number(21),),
        host_numbers=(number(22),),
    ),
    Home(
        name="Station Flat",
        story="invalid number flagged",
        begins=60,
        zone=NEW_YORK,
        country="US",
        level=Level(loud=((0, 56),)),
        guest_numbers=(number(80),),
        host_numbers=(number(4),),
    ),
    Home(
        name="Orchard Barn",
        story="no number known",
        begins=80,
        tags=("garden", "sleeps 8"),
        zone=SYDNEY,
        country="AU",
        level=Level(loud=((0, 55),)),
        guest_numbers=(),
        host_numbers=(number(5),),
    ),
    Home(
        name="Quay Studio",
        story="noise stops at minute 22",
        begins=100,
        booked_by="hostaway",
        brand="home_assistant",
        tags=("sea",),
        zone=SYDNEY,
        country="AU",
        level=Level(loud=((0, 22),)),
    ),
    Home(
        name="Bridge Rooms",
        story="noise stops between attempts 1 and 2",
        begins=120,
        level=Level(loud=((0, 34),)),
        guest_numbers=(number(23),),
        attempt_gap="15m",
    ),
    Home(
        name="Lighthouse",
        story="sensor goes dark for 20 minutes",
        begins=140,
        booked_by="hostaway",
        tags=("remote", "sea"),
        zone=NEW_YORK,
        country="US",
        level=Level(loud=((0, 70),), dark=((15, 35),)),
        guest_numbers=(number(1),),
    ),
    Home(
        name="Forest Cabin",
        story="sensor never comes back",
        begins=160,
        booked_by="smoobu",
        brand="home_assistant",
        tags=("remote",),
        level=Level(loud=((0, 12),), breaks_at=12),
    ),
    Home(
        name="Canal Attic",
        story="French-speaking guest, only an English-speaking operator is free",
        begins=180,
        booked_by="smoobu",
        level=Level(loud=((0, 58),)),
        guest="Camille Exemple",
        language="fr",
        guest_numbers=(number(3),),
    ),
    Home(
        name="Market Hall Flat",
        story="guest agrees and it is loud again 30 minutes later",
        begins=200,
        booked_by="lodgify",
        level=Level(loud=((0, 38), (68, 112))),
        guest_numbers=(number(1),),
    ),
    Home(
        name="Vineyard House",
        story="a Minut home with three notices",
        begins=220,
        booked_by="smoobu",
        notices=Notices(at=(10, 20, 30), ended_at=50),
    ),
    Home(
        name="Tower Suite",
        story="two brands of sensor in one home",
        begins=240,
        booked_by="lodgify",
        zone=SYDNEY,
        country="AU",
        level=Level(loud=((0, 50),)),
        notices=Notices(at=(10, 20, 30), ended_at=51),
    ),
    Home(
        name="Old Bakery",
        story="a call opened by hand",
        begins=260,
        called_by_hand_at=5,
    ),
    Home(
        name="Canal Terrace",
        story="guest misses the call and phones back",
        begins=50,
        level=Level(loud=((0, 60),)),
        guest_numbers=(number(24), number(6)),
        phones_back_from=number(6),
    ),
    Home(
        name="Lake Cabin",
        story="nobody at a screen: phones ring in turn",
        begins=30,
        zone=NEW_YORK,
        country="US",
        guest_numbers=(number(0),),
        on_call=True,
        called_by_hand_at=5,
    ),
    Home(
        name="Hill Barn",
        story="nobody takes it: the guest is phoned automatically",
        begins=110,
        zone=NEW_YORK,
        country="US",
        guest_numbers=(number(9),),
        on_call=True,
        called_by_hand_at=5,
    ),
)

# The second takes the first of the two calls, and is off duty when the next one comes.
ON_CALL_PHONES: tuple[OnCallPhone, ...] = (
    OnCallPhone(name="Dana Sample", number=number(26)),
    OnCallPhone(name="Eli Sample", number=number(7), until=90),
)

ROBOTS: tuple[Robot, ...] = (
    Robot(name="Ann", languages=("en",)),
    Robot(name="Ben", languages=("en",)),
    Robot(name="Cleo", languages=("en",)),
)
