"""Minut: notices by home, two independent checks, options of the connection."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from callassist.errors import InvalidInput
from callassist.ports.sensors import BadSignature, BadValues, Malformed
from callassist.sensors.minut import MinutAdapter
from tests.sensors.requests import NOW, SECRET, Headers, deliveries, hex_headers

ADAPTER = MinutAdapter()
FIRST = deliveries("minut")[0]["body"]


def parse(event):
    body = json.dumps({"event": event}).encode()
    return ADAPTER.parse(body, "application/json", Headers(), {})


def test_the_name_of_the_signature_header_is_an_option():
    body = json.dumps(FIRST).encode()
    options = {"signature_header": "X-Hook-Hmac"}
    ADAPTER.verify(hex_headers(body, name="X-Hook-Hmac"), body, [SECRET], options, NOW)
    with pytest.raises(BadSignature, match="X-Hook-Hmac"):
        ADAPTER.verify(hex_headers(body, name="X-Minut-Signature"), body, [SECRET], options, NOW)


def test_the_echoed_token_is_checked_alone_or_with_the_signature():
    options = {"token_sha256": hashlib.sha256(b"chosen").hexdigest()}
    body = json.dumps({**FIRST, "token": "chosen"}).encode()
    ADAPTER.verify(Headers(), body, [], options, NOW)
    ADAPTER.verify(hex_headers(body, name="X-Minut-Signature"), body, [SECRET], options, NOW)
    with pytest.raises(BadSignature, match="signing secret"):
        ADAPTER.verify(Headers(), body, [SECRET], options, NOW)
    for wrong in ({**FIRST, "token": "another"}, FIRST, {**FIRST, "token": None}):
        with pytest.raises(BadSignature, match="token"):
            ADAPTER.verify(Headers(), json.dumps(wrong).encode(), [], options, NOW)


def test_a_prefix_before_the_hex_digits_is_fine():
    body = json.dumps(FIRST).encode()
    headers = hex_headers(body, name="X-Minut-Signature")
    headers["X-Minut-Signature"] = f"sha256={headers['X-Minut-Signature'].upper()}"
    ADAPTER.verify(headers, body, [SECRET], {}, NOW)


@pytest.mark.parametrize("field", ["home_id", "created_at"])
def test_a_noise_event_without_home_or_time_is_malformed(field):
    event = {key: value for key, value in FIRST["event"].items() if key != field}
    with pytest.raises(Malformed, match=f"/event/{field}"):
        parse(event)


def test_a_time_without_a_zone_is_unusable():
    with pytest.raises(BadValues, match="/event/created_at"):
        parse({**FIRST["event"], "created_at": "2026-06-13T20:10:00"})


def test_the_delay_before_notices_is_an_option():
    assert ADAPTER.timing({}).notice_delay == timedelta(minutes=10)
    timing = ADAPTER.timing({"notice_delay_minutes": 5, "notice_step_minutes": 15})
    assert (timing.notice_delay, timing.notice_step) == (
        timedelta(minutes=5),
        timedelta(minutes=15),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("signature_header", ""), ("token_sha256", "chosen"), ("notice_delay_minutes", "ten")],
)
def test_a_bad_option_is_named(name, value):
    with pytest.raises(InvalidInput, match=name):
        ADAPTER.check_options({name: value})
