"""What can happen in a night: drawn by chance with these shares, then done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from callassist.domain.results import GUEST_RULES, HOST_RESULTS
from callassist.telephony.simulated import Faults
from tests.escalation.any_night import AnyNight

OPERATORS = {"Ann": ("en",), "Zoe": ("en", "fr")}
GUESTS = [f"+120255501{tens}{talk}" for tens in (0, 0, 2, 3, 4, 5, 6, 7, 8, 9) for talk in (1, 4)]
GUESTS.append("+15005550001")
HOSTS = ["+12025550103", "+12025550121", "+12025550181", "+12025550192"]
WORDS = [*sorted({str(result) for result in (*GUEST_RULES, *HOST_RESULTS)}), "answered", "fine"]
FAULTS = [
    Faults(),
    Faults(),
    Faults(lose_reply=0.5, accept_within=timedelta(seconds=20)),
    Faults(lose_request=0.5),
    Faults(lose_callback=1.0),
    Faults(double_callback=0.5, delay_callback=0.7, delay_up_to=timedelta(seconds=60)),
    Faults(lose_callback=0.4, lose_reply=0.4, rate_limit=0.3),
    Faults(rate_limit=1.0),
    Faults(down=True),
]
Event = tuple[Any, ...]  # a verb of this file and its arguments


def a_scene(random: Random) -> dict[str, Any]:
    """Fields of a night: who can be phoned, in which language, and whether homes share a guest."""
    return {
        "guest_numbers": tuple(random.sample(GUESTS, random.choice((0, 1, 1, 1, 2, 2)))),
        "host_numbers": tuple(random.sample(HOSTS, random.choice((0, 1, 1, 2)))),
        "operators": OPERATORS,
        "guest_language": random.choice(("en", "en", "fr")),
        "shares_number": random.random() < 0.7,
    }


def drawn(random: Random) -> Event:
    """One event; the shares make work go on, and trouble come now and then."""
    pick = random.choice
    name, home, word = pick(list(OPERATORS)), random.randrange(3), pick((None, pick(WORDS)))
    later = pick((None, random.randint(-10, 60)))
    span = pick((random.randint(1, 120), random.randint(120, 900), random.randint(900, 2400)))
    shares: list[tuple[int, Event]] = [
        (9, ("operator_works", name, random.randint(2, 9), word, pick((5, 20, 60, 200)))),
        (3, ("operator_does", name, pick(OPERATOR_VERBS))),
        (1, ("operator_saves", name, word, later)),
        (1, ("operator_pulls", name, random.randrange(4))),
        (3, ("noise", home, pick(("begins", "persists", "persists", "persists")))),
        (1, ("noise", home, pick(("calm", "lost", "freeze")))),
        (2, ("time_passes", span)),
        (1, ("service_restarts", pick((0, 1, 20, 100, 2000, 8000)))),
        (1, ("network_changes", pick(FAULTS), pick((None, None, None, "before", "after")))),
        (1, ("host_does", home, pick(HOST_VERBS), random.randint(1, 90))),
        (1, ("guest_answers", random.randrange(5), pick(GUEST_VERBS))),
        (1, ("contact_changes", home, pick(("flag_number", "flag_contact", "stay_ends")))),
    ]
    weights = [share for share, _ in shares]
    return random.choices([event for _, event in shares], weights)[0]


OPERATOR_VERBS = ("comes", "break", "offline", "vanishes", "vanishes", "decline", "dial", "hang_up")
HOST_VERBS = ("take_over", "cancel", "pause", "open", "open")
GUEST_VERBS = ("turn_it_down", "not_us", "call_me")


def happen(night: AnyNight, event: Event) -> None:
    """Let it happen; a refusal is part of the game, any other error is a failure."""
    verb, *arguments = event
    VERBS[verb](night, *arguments)


def noise(night: AnyNight, home: int, what: str) -> None:
    property_id = night.homes[home]
    breach = night.running(property_id)
    if breach is None and what in ("begins", "persists"):
        night.noise_begins(property_id)
        breach = night.running(property_id)
    if breach is None:
        return
    if what == "persists":
        night.persist(breach.id)
    elif what == "freeze":
        night.freeze(breach.id)
    elif what in ("calm", "lost"):
        night.noise_ends(breach.id, "sensor_lost" if what == "lost" else "calm")


def time_passes(night: AnyNight, seconds: int) -> None:
    night.pass_time(seconds=seconds)


def service_restarts(night: AnyNight, down: int) -> None:
    night.restart(seconds=down)


def network_changes(night: AnyNight, faults: Faults, dies: str | None) -> None:
    night.network.faults = faults
    night.mortal.dies = dies


def operator_works(night: AnyNight, name: str, times: int, word: str | None, wait: int) -> None:
    for _ in range(times):
        night.next_step(name, word, wait)


def operator_does(night: AnyNight, name: str, verb: str) -> None:
    if verb == "vanishes":
        night.vanished.add(name)
    elif verb in ("break", "offline"):
        night.attempt(night.choose, name, verb)
    elif verb == "comes":
        night.come(name)
    elif night.work_of(name) is not None:
        night.attempt(getattr(night, verb), name)


def operator_saves(night: AnyNight, name: str, word: str | None, later: int | None) -> None:
    night.save_some(name, word, later)


def operator_pulls(night: AnyNight, name: str, pick: int) -> None:
    due = night.due_tasks()
    if due:
        night.attempt(night.accept, name, due[pick % len(due)].id)


def host_does(night: AnyNight, home: int, how: str, minutes: int) -> None:
    property_id = night.homes[home]
    if how == "pause":
        night.attempt(night.pause, property_id, minutes)
    elif how == "open":
        night.attempt(night.open_by_hand, property_id)
    else:
        for incident in night.open_incidents():
            if incident.property_id == property_id:
                night.attempt(night.end_incident, incident.id, how)


def guest_answers(night: AnyNight, pick: int, said: str) -> None:
    found = night.open_incidents()
    if found:
        night.attempt(night.guest_answers, found[pick % len(found)].id, said)


def contact_changes(night: AnyNight, home: int, what: str) -> None:
    getattr(night, what)(night.homes[home])


VERBS: dict[str, Callable[..., None]] = {
    "noise": noise,
    "time_passes": time_passes,
    "service_restarts": service_restarts,
    "network_changes": network_changes,
    "operator_works": operator_works,
    "operator_does": operator_does,
    "operator_saves": operator_saves,
    "operator_pulls": operator_pulls,
    "host_does": host_does,
    "guest_answers": guest_answers,
    "contact_changes": contact_changes,
}
