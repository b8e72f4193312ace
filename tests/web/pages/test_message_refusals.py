"""Why a sensor's message was refused is said in the host's language, whoever's message it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from callassist.ports.sensors import Refused, UnknownEvent
from callassist.sensors.registry import ADAPTERS
from callassist.web.languages import worded_in
from callassist.web.pages.message_refusals import message_words

NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)
AT = NOW.isoformat()
JSON = "application/json"
SECRET = "whsec_" + "QUJD" * 8
FIELDS = {"fields": {"level": "db", "sensor": "who"}}
WORDS = {"fields": {"state": "says", "sensor_is": "hall", "loud": ["noise"], "quiet": ["ok"]}}


class _Headers(dict[str, str]):
    pass


def _why(adapter: str, body: object, options: dict[str, object], **headers: str) -> str:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = _Headers({name.replace("_", "-"): value for name, value in headers.items()})
    one = ADAPTERS[adapter]
    try:
        one.verify(given, sent, [SECRET] if headers else [], options, NOW)
        read = one.parse(sent, given.get("content-type", JSON), given, options)
    except Refused as refused:
        return refused.detail
    assert isinstance(read[0], UnknownEvent)
    return read[0].reason


CASES = [
    ("generic", b"{", {}),
    ("generic", b"\xff", {}),
    ("generic", b"nonsense", {}),
    ("generic", {"sensor": "a", "at": AT, "level_db": "loud"}, {}),
    ("generic", {"sensor": "a", "at": AT}, {}),
    ("generic", {"sensor": "a", "at": AT, "level_db": 900}, {}),
    ("generic", {"sensor": "a", "at": "2026-06-13T20:00:00", "level_db": 60}, {}),
    ("generic", {"sensor": "", "at": AT, "level_db": 60}, {}),
    ("generic", [{"sensor": "", "at": AT, "level_db": 900}], {}),
    ("generic", [{"sensor": "a", "at": AT, "level_db": 60}] * 5001, {}),
    ("generic", {"who": "a", "db": "much"}, FIELDS),
    ("generic", {"who": "a"}, FIELDS),
    ("generic", {"db": 60}, FIELDS),
    ("generic", {"who": "a", "db": "unavailable"}, FIELDS),
    ("generic", {"says": "whatever"}, WORDS),
    ("generic", {"who": "a", "db": 60, "t": "now"}, {"fields": {**FIELDS["fields"], "at": "t"}}),
    ("generic", {"who": "a", "db": 60, "u": "%"}, {"fields": {**FIELDS["fields"], "unit": "u"}}),
    ("generic", {"who": "a"}, {"fields": {**FIELDS["fields"], "each": "list"}}),
    ("home_assistant", {"sensor": "a", "state": "60"}, {}),
    ("home_assistant", {"sensor": "a", "state": "unknown", "unit": "dB", "at": AT}, {}),
    ("mqtt", {"payload": "60"}, {}),
    ("mqtt", {"topic": "home/hall/noise", "payload": '{"db": 60}'}, {}),
    ("mqtt", {"topic": "home/hall/noise", "payload": "much"}, {}),
    ("mqtt", {"topic": "other", "payload": "60"}, {}),
    ("tuya", {"devId": "a"}, {}),
    ("tuya", {"devId": "a", "status": [{"code": "humidity", "value": 5}]}, {"field": "noise"}),
    ("tuya", {"devId": "a", "status": [{"code": "x", "value": 5}]}, {}),
    ("tuya", {"devId": "a", "status": ["x"]}, {}),
    ("minut", {"event": {"type": "disturbance_first_notice"}}, {}),
    ("seam", {"event_type": "noise_sensor.noise_threshold_triggered"}, {}),
    ("noiseaware", {"AlertType": "newNoise"}, {}),
]


@pytest.fixture(scope="module")
def app() -> Flask:
    return Flask(__name__, root_path=str(Path(__file__).parent))


@pytest.mark.parametrize(("adapter", "body", "options"), CASES)
def test_a_refused_message_is_explained_in_french(
    app: Flask, adapter: str, body: object, options: dict[str, object]
) -> None:
    _is_french(app, _why(adapter, body, options))


@pytest.mark.parametrize(
    ("adapter", "headers"),
    [
        ("generic", {"content_type": "text/plain", "webhook_id": "1"}),
        ("generic", {"x": "y"}),
        ("home_assistant", {"x": "y"}),
        ("home_assistant", {"authorization": "Bearer other"}),
        ("seam", {"x": "y"}),
        ("seam", {"svix_id": "1", "svix_timestamp": "now", "svix_signature": "v1,x"}),
        ("seam", {"svix_id": "1", "svix_timestamp": "5", "svix_signature": "v1,x"}),
        (
            "seam",
            {"svix_id": "1", "svix_timestamp": f"{NOW.timestamp():.0f}", "svix_signature": "v1,x"},
        ),
    ],
)
def test_a_message_without_its_proof_is_explained_in_french(
    app: Flask, adapter: str, headers: dict[str, str]
) -> None:
    _is_french(app, _why(adapter, {}, {}, **headers))


def test_what_we_do_not_know_is_shown_as_it_is(app: Flask) -> None:
    with app.app_context(), worded_in("en"):
        assert message_words("the moon is full") == "The moon is full."
        assert message_words("/at: is missing and 2 more; nothing was kept.") == (
            "/at is missing. And 2 more places."
        )


def _is_french(app: Flask, why: str) -> None:
    said = []
    for code in ("en", "fr"):
        with app.app_context(), worded_in(code):
            said.append(message_words(why))
    english, french = said
    assert french != english, english
    assert french.endswith((".", "…", "»"))
