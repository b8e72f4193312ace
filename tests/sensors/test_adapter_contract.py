"""What every adapter keeps to; a new brand is picked up by its line in the registry."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callassist.errors import InvalidInput
from callassist.ports.sensors import (
    AT_ARRIVAL,
    BadSignature,
    Malformed,
    ParsedReading,
    Refused,
    TriesOut,
    WrongMediaType,
)
from callassist.sensors.registry import ADAPTERS
from tests.sensors.requests import (
    BEARERS,
    NOW,
    OTHER_SECRET,
    SECRET,
    Headers,
    deliveries,
    signed,
)

JSON = "application/json"
ALL = pytest.mark.parametrize("name", sorted(ADAPTERS))
EACH = pytest.mark.parametrize(
    ("name", "delivery"),
    [
        pytest.param(name, delivery, id=f"{name}: {delivery['says']}")
        for name in sorted(ADAPTERS)
        for delivery in deliveries(name)
    ],
)


def parse(name, body, content_type=JSON):
    return ADAPTERS[name].parse(body, content_type, Headers(), {})


def body_of(delivery):
    return json.dumps(delivery["body"]).encode()


def refusal(name, body):
    """Why it was refused, None when it was read; any other error is a failure."""
    try:
        parse(name, body)
    except Refused as refused:
        return refused
    return None


def without_defaults(parsed):
    told = msgspec.to_builtins(parsed)
    return {key: value for key, value in told.items() if value is not None}


@EACH
def test_the_example_is_read_as_it_says(name, delivery):
    parsed = [without_defaults(each) for each in parse(name, body_of(delivery))]
    assert parsed == delivery["parsed"]


@EACH
def test_every_instant_is_in_utc(name, delivery):
    for each in parse(name, body_of(delivery)):
        if isinstance(each, ParsedReading):
            assert each.at.utcoffset() == timedelta()


@EACH
def test_the_signature_of_the_brand_is_accepted_with_the_current_or_the_previous_secret(
    name, delivery
):
    body = body_of(delivery)
    adapter = ADAPTERS[name]
    adapter.verify(signed(name, body), body, [SECRET], {}, NOW)
    adapter.verify(signed(name, body), body, [OTHER_SECRET, SECRET], {}, NOW)


@EACH
def test_one_changed_byte_breaks_the_signature(name, delivery):
    if name in BEARERS:
        return
    body = body_of(delivery)
    changed = body.replace(b"{", b"[", 1)
    with pytest.raises(BadSignature):
        ADAPTERS[name].verify(signed(name, body), changed, [SECRET], {}, NOW)


@EACH
def test_a_missing_signature_is_refused_when_there_is_a_secret(name, delivery):
    with pytest.raises(BadSignature, match="signing secret"):
        ADAPTERS[name].verify(Headers(), body_of(delivery), [SECRET], {}, NOW)


@EACH
def test_a_signature_by_another_secret_is_refused(name, delivery):
    body = body_of(delivery)
    with pytest.raises(BadSignature):
        ADAPTERS[name].verify(signed(name, body), body, [OTHER_SECRET], {}, NOW)


@EACH
def test_without_a_secret_the_address_alone_is_the_proof(name, delivery):
    ADAPTERS[name].verify(Headers(), body_of(delivery), [], {}, NOW)


@ALL
def test_our_own_test_reading_is_what_the_brand_would_post(name):
    """Where we can make one: signed as the brand signs, read as the brand's own."""
    adapter = ADAPTERS[name]
    if not isinstance(adapter, TriesOut):
        return
    body = adapter.example("hall", NOW, {})
    headers = adapter.sign(body, SECRET, {}, NOW)
    adapter.verify(Headers(headers), body, [SECRET], {}, NOW)
    (reading,) = parse(name, body)
    assert isinstance(reading, ParsedReading)
    assert reading.sensor == "hall"
    assert reading.at in (NOW, AT_ARRIVAL)


@ALL
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_read(name, content_type):
    with pytest.raises(WrongMediaType, match="application/json"):
        parse(name, body_of(deliveries(name)[0]), content_type)


@ALL
def test_json_in_another_charset_is_refused(name):
    with pytest.raises(WrongMediaType, match="UTF-8"):
        parse(name, b"{}", "application/json; charset=latin-1")


@ALL
@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/x+json"]
)
def test_json_may_be_announced_in_several_ways(name, content_type):
    assert parse(name, body_of(deliveries(name)[0]), content_type)


@ALL
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "ends too early"),
        (b"level=61", "not JSON"),
        (b'{"sensor": "\xff", "event": {"type": "\xff"}}', "UTF-8"),
        (b"[" * 100_000, "expected|nested|early"),
        (b'{"x":' * 100_000, "nested|early"),
    ],
)
def test_what_is_not_json_is_told_so(name, body, says):
    with pytest.raises(Malformed) as refused:
        parse(name, body)
    assert refused.value.faults
    assert any(word.lower() in refused.value.detail.lower() for word in says.split("|"))


@ALL
def test_a_body_that_was_cut_off_is_malformed(name):
    body = body_of(deliveries(name)[0])
    for length in range(len(body)):
        with pytest.raises(Malformed):
            parse(name, body[:length])


@ALL
def test_unknown_options_are_refused_by_name(name):
    ADAPTERS[name].check_options({})
    with pytest.raises(InvalidInput, match="nonsense"):
        ADAPTERS[name].check_options({"nonsense": 1})


@ALL
def test_timing_is_never_negative(name):
    timing = ADAPTERS[name].timing({})
    assert timing.max_age > timedelta()
    assert timing.notice_delay >= timedelta()
    assert timing.notice_step >= timedelta()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["readings", "sensor", "at", "level_db", "state", "id", "event", "type", "home_id"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@ALL
@settings(max_examples=60)
@given(value=_VALUES)
def test_any_json_is_read_or_refused_with_a_reason(name, value):
    refused = refusal(name, json.dumps(value).encode())
    assert refused is None or (refused.detail and refused.faults)


@ALL
@settings(max_examples=60)
@given(body=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_reason(name, body):
    refused = refusal(name, body)
    assert refused is None or (refused.detail and refused.faults)
