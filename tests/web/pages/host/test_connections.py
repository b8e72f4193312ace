"""Connecting brands: their forms, a test reading, choosing fields by what came, brokers."""

from __future__ import annotations

import json
import re

import pytest
from jinja2 import Environment
from sqlalchemy import func, select

from callassist.models import NoiseReading, Sensor, SensorBroker, SensorConnection
from callassist.sensors.home_assistant import HomeAssistantAdapter
from callassist.web.pages.host.brands import BRANDS
from callassist.web.pages.host.home_assistant_package import package
from tests.sensors.requests import Headers
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage
from tests.web.pages.test_query_counts import statements

BROKER = {"adapter": "mqtt", "host": "broker.example.com", "topic": "home/+/noise", "tls": "yes"}
ODD = {"dev": "d7", "rows": [{"code": "temp", "value": 20}, {"code": "snd", "value": 625}]}


def connections(stage: Stage) -> list[SensorConnection]:
    with stage.world.service.sessions.read() as session:
        return list(session.scalars(select(SensorConnection).order_by(SensorConnection.id)))


def hook_in(text: str) -> str:
    found = re.search(r"/hooks/sensors/[a-z_]+/[\w-]+", text)
    assert found is not None
    return found[0]


def connect(owner: Browser, adapter: str, **fields: str) -> str:
    """A new connection's page; what was shown once is in the answer."""
    answer = owner.post("/connections/new", adapter=adapter, **fields)
    assert answer.status_code in (200, 302), words_of(answer.text)
    return answer.text


@pytest.mark.parametrize("adapter", sorted(BRANDS))
def test_every_brand_has_a_form_that_says_how_it_goes_and_what_silence_means(
    stage: Stage, adapter: str
) -> None:
    owner = stage.sign_in(OWNER)
    assert f"brand={adapter}" in owner.page("/connections/new")
    words = words_of(owner.page(f"/connections/new?brand={adapter}"))
    assert str(BRANDS[adapter].silence) in words
    assert all(str(step) in words for step in BRANDS[adapter].steps)
    assert owner.get("/connections/new?brand=nonsense").status_code == 404


def test_a_test_reading_goes_the_whole_way_and_counts_for_nothing(stage: Stage) -> None:
    stage.hears(50)
    stage.pair()
    owner = stage.sign_in(OWNER)
    connect(owner, "generic", signed="yes", name="Signed")
    for one in connections(stage)[-2:]:
        answer = owner.post(f"/connections/{one.public_id}/test", sensor="loft-1")
        assert answer.status_code == 200
        assert "It arrived" in words_of(answer.text)
        assert one.last_post_at is None or one.name != "Signed"
    with stage.world.service.sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(NoiseReading)) == 1
        assert session.scalar(select(func.count()).select_from(Sensor)) == 1


def test_a_refused_message_is_shown_and_its_fields_are_chosen_from_it(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    hook = hook_in(connect(owner, "generic"))
    assert stage.world.client.post(hook, json=ODD).status_code == 400
    stage.world.service.doors.samples.store()
    path = f"/connections/{connections(stage)[-1].public_id}"
    page = owner.page(path)
    assert "rows[code=snd].value = 625" in page.replace("&#34;", '"')

    choice = {"level": "rows[code=snd].value", "scale": "0,1", "sensor": "dev"}
    looked = owner.post(f"{path}/fields", act="look", **choice)
    assert "d7 62.5 dB" in words_of(looked.text)
    assert stage.world.client.post(hook, json=ODD).status_code == 400  # only looked
    wrong = owner.post(f"{path}/fields", act="keep", level="rows[[", scale="0.1")
    assert wrong.status_code == 422
    assert 'value="0.1"' in wrong.text
    assert owner.post(f"{path}/fields", act="keep", **choice).status_code == 302
    stage.world.service.doors.hook._connections._known.clear()  # it is remembered for seconds
    assert stage.world.client.post(hook, json=ODD).status_code == 202
    tried = owner.post(f"{path}/test", sensor="d7")
    assert "It arrived" in words_of(tried.text)


def test_a_broker_is_named_and_its_password_never_comes_back(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    connect(owner, name="Meters", username="me", password="hunter-22", **BROKER)
    path = f"/connections/{connections(stage)[-1].public_id}"
    page = owner.page(path)
    assert "Not tried yet" in words_of(page)
    assert "hunter-22" not in page
    vault = stage.world.service.vault

    def kept() -> SensorBroker:
        with stage.world.service.sessions.read() as session:
            return session.scalars(select(SensorBroker)).one()

    assert vault.open(kept().password or b"") == "hunter-22"
    same = {**BROKER, "username": "you"}
    assert owner.post(f"{path}/broker", **same).status_code == 302
    assert (kept().username, vault.open(kept().password or b"")) == ("you", "hunter-22")
    assert owner.post(f"{path}/broker", **{**same, "host": "evil.example"}).status_code == 302
    assert kept().password is None
    assert "hall" not in owner.page("/sensors")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"host": ""}, "Must not be empty"),
        ({"host": "mqtts://broker.example.com"}, "like broker.example.com"),
        ({"port": "70000"}, "From 1 to 65535"),
        ({"topic": "#"}, "this is every message"),
        ({"authority": "-----BEGIN nothing"}, "Not a certificate"),
        ({"level": "a[["}, "Not a path"),
    ],
)
def test_what_cannot_be_a_broker_is_refused_beside_its_field(
    stage: Stage, typed: dict[str, str], says: str
) -> None:
    owner = stage.sign_in(OWNER)
    answer = owner.post("/connections/new", **{**BROKER, **typed, "username": "me"})
    assert answer.status_code == 422
    assert says in words_of(answer.text)
    assert 'value="me"' in answer.text
    assert len(connections(stage)) == 1


def test_home_assistants_package_is_ready_to_save_and_is_read(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    text = connect(owner, "home_assistant", signed="yes")
    hook = hook_in(text)
    yaml = text.partition("# Call Assist: packages")[2].partition("</textarea>")[0]
    assert hook in yaml
    assert "Bearer whsec_" in yaml

    payload = package(hook, None).partition("payload: >-\n")[2].partition("automation:")[0]
    state = {"state": "61.5", "unit_of_measurement": "dB"}
    body = _as_home_assistant_renders(payload, state)
    (reading,) = HomeAssistantAdapter().parse(body, "application/json", Headers(), {})
    assert getattr(reading, "level_db", None) == 61.5


def _as_home_assistant_renders(payload: str, state: dict[str, str]) -> bytes:
    """With stand-ins for its functions; jinja's own `tojson` writes the same JSON."""

    class At:
        def isoformat(self) -> str:
            return "2026-06-13T20:00:00+00:00"

    class States(dict[str, object]):
        def __call__(self, _name: str) -> str:
            return state["state"]

    class State:
        last_reported = last_updated = At()

    template = Environment(autoescape=False).from_string(payload.strip())
    rendered = template.render(
        sensor="sensor.hall",
        states=States({"sensor.hall": State()}),
        state_attr=lambda _name, attribute: state[attribute],
        now=At,
    )
    return json.dumps(json.loads(rendered)).encode()


def test_a_makers_secret_is_entered_once_the_maker_has_shown_it(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    connect(owner, "minut")
    path = f"/connections/{connections(stage)[-1].public_id}"
    assert "the address alone is the secret" in words_of(owner.page(path))
    owner.post(f"{path}/maker-secret", secret=" ")
    assert connections(stage)[-1].secret is None
    owner.post(f"{path}/maker-secret", secret="shown-by-minut")
    sealed = connections(stage)[-1].secret
    assert sealed is not None
    assert stage.world.service.vault.open(sealed) == "shown-by-minut"
    assert "shown-by-minut" not in owner.page(path)


def test_others_do_not_find_a_connection_and_lookers_change_nothing(stage: Stage) -> None:
    path = f"/connections/{connections(stage)[0].public_id}"
    other, looker = stage.sign_in(OTHER), stage.sign_in(LOOKER)
    assert other.get(path).status_code == 404
    assert looker.get(path).status_code == 200
    assert "Send a test reading" not in looker.page(path)
    for act in ("test", "fields", "broker", "maker-secret", "close", "open"):
        assert other.post(f"{path}/{act}", secret="x", **BROKER).status_code == 404, act
        assert looker.post(f"{path}/{act}", secret="x", **BROKER).status_code == 403, act


def test_a_closed_connection_answers_nobody_until_it_is_opened(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    path = f"/connections/{connections(stage)[0].public_id}"
    owner.post(f"{path}/close")
    assert "not used any more" in words_of(owner.page(path))
    assert "not used any more" in words_of(owner.page("/sensors"))
    owner.post(f"{path}/open")
    assert connections(stage)[0].disabled_at is None


def test_more_sensors_and_connections_cost_no_more_questions(stage: Stage) -> None:
    owner = stage.sign_in(OWNER)
    stage.hears(50)
    pages = ("/sensors", f"/connections/{connections(stage)[0].public_id}")
    before = [statements(stage, owner, path) for path in pages]
    for number in range(4):
        stage.hears(50, f"more-{number}")
        connect(owner, name=f"n{number}", **BROKER)
    assert [statements(stage, owner, path) for path in pages] == before
