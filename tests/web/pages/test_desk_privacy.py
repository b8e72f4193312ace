"""DESIGN 3.8: a canary sits in everything an operator may not see; none sings anywhere at the desk.

Every page and fragment of the desk, every answer of the API, and every frame of the stream that an
operator can reach is crawled, from the offer to the end of the shift.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Column, String, inspect, select

from callassist import roster
from callassist.accounts.tokens import issue_token
from callassist.domain.viewer import Role
from callassist.models import (
    Account,
    Base,
    HostContact,
    Incident,
    NotificationChannel,
    Nudge,
    Operator,
    Person,
    Policy,
    Property,
    PropertyTag,
    Sensor,
    SensorConnection,
    Shift,
    Stay,
    StayNumber,
)
from callassist.roster import swaps
from callassist.roster.swaps import SwapInput
from callassist.web.api.catalogue import ROUTES
from callassist.web.api.routing import Scope
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ADMIN, ANN, OWNER, Stage
from tests.web.world import GUEST, HOST

CANARY = "Kanarie"
LEVEL = 83.517  # a level that appears nowhere else
# rows about a home and its people, with the free texts that 3.8 allows
ALLOWED: dict[type[Base], set[str]] = {
    Property: {"host_spoken_name", "call_name"},
    Incident: set(),
    Account: set(),
    HostContact: set(),
    Policy: set(),
    Sensor: set(),
    SensorConnection: set(),
    NotificationChannel: set(),
    Stay: set(),
    StayNumber: set(),
    Operator: set(),  # the desk name is a word of its own
}
_WORD = 64  # texts up to this length steer the service


def cage(stage: Stage) -> int:
    """Plant canaries in every free text and every mask of every row about a home; how many."""
    planted = 0
    with stage.world.service.sessions.write() as session:
        for model, allowed in ALLOWED.items():
            texts = [column.key for column in inspect(model).columns if _is_free(column, allowed)]
            for row in session.scalars(select(model)):
                for name in texts:
                    setattr(row, name, f"{CANARY} {model.__tablename__} {name}")
                    planted += 1
        for home in session.scalars(select(Property)):
            session.add(PropertyTag(property_id=home.id, tag=f"{CANARY} tag"))
    return planted


def _is_free(column: Column[object], allowed: set[str]) -> bool:
    if not isinstance(column.type, String) or column.name in allowed:
        return False
    is_long = column.type.length is None or column.type.length > _WORD
    return (is_long and not column.unique) or column.name.endswith("_mask")


def addresses(stage: Stage) -> list[str]:
    """Every page and fragment of the desk, with ids filled in."""
    task, shift, colleague = stage.task().public_id, *coming_shift(stage)
    steps = [f"{n}-{state}" for n in (1, 2) for state in ("offered", "taken", "talking", "result")]
    found = []
    for rule in stage.world.app.url_map.iter_rules():
        if not rule.endpoint.startswith("desk.") or "GET" not in (rule.methods or ()):
            continue
        if "<step>" in rule.rule:
            found += [rule.rule.replace("<step>", step) for step in steps]
        else:
            path = rule.rule.replace("<task_id>", task).replace("<shift_id>", shift)
            found += [path, f"{path}?with={colleague}"] if "<shift_id>" in rule.rule else [path]
    assert len(found) > 12
    return found


def coming_shift(stage: Stage) -> tuple[str, str]:
    """A shift that Ann has yet to work, asked about as it can be, and the colleague's id."""
    with stage.world.service.sessions.write() as session:
        ann, ben = (
            session.scalars(select(Operator).where(Operator.desk_name == name)).one()
            for name in ("Ann", "Ben")
        )
        begin = stage.world.clock.now() + timedelta(days=5)
        known = select(Shift).where(Shift.operator_id == ann.id, Shift.starts_at > begin)
        shift = session.scalars(known.order_by(Shift.starts_at.desc())).first()
        if shift is not None:
            return shift.public_id, ben.public_id
        for days in (10, 12):
            end = begin + timedelta(days=days, hours=8)
            shift = roster.add_shift(session, ADMIN, ann.public_id, end - timedelta(hours=8), end)
            if days == 10:
                typed = SwapInput(shift_id=shift.public_id, colleague_id=ben.public_id)
                swaps.ask(session, ann, typed, stage.world.clock.now())
        assert shift is not None
        return shift.public_id, ben.public_id


def crawl(stage: Stage, browser: Browser, token: str) -> dict[str, str]:
    """Everything that an operator can ask for now, with what is answered."""
    seen = {path: browser.get(path).text for path in addresses(stage)}
    ids = {"task_id": stage.task().public_id, "desk_id": stage.desk_id}
    ids |= {"incident_id": stage.incident().public_id, "property_id": stage.home_id}
    for route in ROUTES:
        if route.method != "GET" or Scope.OPERATOR not in route.scopes:
            continue
        path = route.path.format(**{name: ids.get(name, "x") for name in route.parameters})
        answer = stage.world.ask("GET", path, token)
        seen[f"API {path}"] = answer.get_data(as_text=True)
    with stage.world.service.sessions.read() as session:
        for row in session.scalars(select(Nudge)):
            told = {c.key: getattr(row, c.key) for c in inspect(Nudge).columns}
            seen[f"nudge {row.id}"] = str(told)
    return seen


def operator_token(stage: Stage) -> str:
    with stage.world.service.sessions.write() as session:
        person = session.scalars(select(Person).where(Person.email == ANN)).one()
        operator = session.scalars(select(Operator).where(Operator.person_id == person.id)).one()
        now = stage.world.clock.now()
        return issue_token(session, Role.OPERATOR, now=now, operator=operator)


def sings(seen: dict[str, str]) -> list[str]:
    """Where something is told that must not be."""
    words = (CANARY, str(LEVEL), GUEST, GUEST[-7:], HOST, HOST[-7:], "Foreign", OWNER, " dB")
    return [
        f"{word!r} in {path}: …{text[max(text.find(word) - 60, 0) : text.find(word) + 60]}…"
        for path, text in seen.items()
        for word in words
        if word in text
    ]


def test_no_canary_sings_on_any_address_that_an_operator_can_reach(stage: Stage) -> None:
    stage.hears(LEVEL)
    stage.pair()
    ann, owner = stage.sign_in(ANN), stage.sign_in(OWNER)
    stage.available(ann)
    stage.call_about_home(owner)
    stage.hears(LEVEL)
    assert cage(stage) > 8
    token = operator_token(stage)
    task = f"/desk/tasks/{stage.task().public_id}"
    everything: dict[str, str] = {}

    def look(when: str) -> None:
        everything.update({f"{when} {k}": v for k, v in crawl(stage, ann, token).items()})

    look("offered")
    ann.post(f"{task}/accept")
    look("taken")
    ann.post(f"{task}/dial")
    stage.world.run()
    look("dialled")
    for _ in range(40):
        if stage.task().state == "wrapping_up":
            break
        stage.world.pass_time(seconds=15)
        ann.post("/desk/beat")
    ann.post(f"{task}/note", note="draft of a note")
    look("wrap-up")
    ann.post(f"{task}/result", result="guest_refused", note="said no")
    stage.world.run()
    look("host to be called")
    again = f"/desk/tasks/{stage.task().public_id}"
    ann.post(f"{again}/accept")
    look("host taken")
    assert "Canal 12" in ann.page(again)  # the crawl reached the host's card
    assert "Canal 12" in everything[f"host taken {again}"]
    owner.post(f"/incidents/{stage.incident().public_id}/take-over")
    stage.world.run()
    stage.world.pass_time(minutes=2, step=timedelta(seconds=30))
    look("over")
    assert any("Robin &lt;b&gt;Example" in text for text in everything.values())
    assert sings(everything) == []


def test_the_crawl_would_hear_a_canary(stage: Stage) -> None:
    seen = {"/desk": "… Kanarie property name …", "/other": "quiet"}
    assert len(sings(seen)) == 1
    stage.hears(LEVEL)
    stage.pair()
    stage.call_about_home(stage.sign_in(OWNER))
    cage(stage)
    assert CANARY in stage.sign_in(OWNER).page("/")  # its host sees them


def test_a_guests_name_is_gone_from_the_desk_when_the_call_is_over(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    stage.answer_call(ann, "guest_agreed", note="fine")
    pages = {path: ann.get(path).text for path in addresses(stage)}
    named = [path for path, text in pages.items() if "Robin &lt;b&gt;" in text]
    assert named == []
    assert "fine" in pages["/desk/shift"]
