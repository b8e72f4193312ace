"""What is not proven, cannot be read or means nothing is refused in words, and nothing is kept."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sensors.contract.bench import Bench, changed
from tests.sensors.contract.entries import those
from tests.sensors.contract.stage import Answer
from tests.sensors.makers.base import Heard, Post

POSTED = those(lambda entry: entry.is_posted)
PROVEN = those(lambda entry: entry.is_posted and entry.signed)
TIMED = those(lambda entry: entry.is_posted and entry.guards_replay)
WITH_LEVELS = those(lambda entry: entry.is_posted and entry.has_levels)
OTHER = "whsec_" + "c29tZWJvZHkgZWxzZSdzIHNlY3JldCBvZiAzMiBieXRlcw=="


def a_post(bench: Bench, device: str) -> Post:
    """Something good, as it would go out now."""
    (document,) = bench.maker.words(bench.heard(device, bench.now))
    return bench.maker.post(document, bench.now_real)


def assert_refused(answer: Answer, *statuses: int) -> None:
    """In the form of a problem, with a sentence for whoever looks at the sender's log."""
    assert answer.status in statuses, answer
    assert answer.content_type == "application/problem+json"
    told = json.loads(answer.body)
    assert told["status"] == answer.status
    assert len(told["detail"]) > 10


@pytest.mark.parametrize(**PROVEN)
def test_a_wrong_proof_a_missing_one_and_a_changed_body_are_refused(bench: Bench):
    device = bench.device()
    good = a_post(bench, device)
    (header,) = [
        name for name in good.headers if name.lower().endswith(("signature", "authorization"))
    ]
    forged = good.headers[header][:-4] + ("AAA=" if good.headers[header][-4:] != "AAA=" else "BBB=")
    assert_refused(bench.send(changed(good, **{header: forged})), 401)
    if bench.entry.name != "minut":  # a delivery without a signature is believed by its token
        assert_refused(bench.send(changed(good, **{header: None})), 401)
    if header != "Authorization":
        assert_refused(bench.send(replace(good, body=good.body + b" ")), 401)
    assert bench.stored(device) == []
    assert bench.last_refusal() is not None
    assert bench.maker.is_content(*_of(bench.send(good)))


@pytest.mark.parametrize(**PROVEN)
def test_whoever_knows_another_secret_is_refused(bench: Bench):
    device = bench.device()
    own, bench.maker.secret = bench.maker.secret, OTHER
    hooks = getattr(bench.maker, "hooks", {})
    kept = {name: hook["hook_secret"] for name, hook in hooks.items()}
    for hook in hooks.values():
        hook["hook_secret"] = "0" * 64
    assert_refused(bench.send(a_post(bench, device)), 401)
    bench.maker.secret = own
    for name, hook in hooks.items():
        hook["hook_secret"] = kept[name]
    assert bench.stored(device) == []


@pytest.mark.parametrize("minutes", [-10, 10])
@pytest.mark.parametrize(**TIMED)
def test_a_proof_of_another_time_is_refused(bench: Bench, minutes: int):
    device = bench.device()
    (document,) = bench.maker.words(bench.heard(device, bench.now))
    then = bench.now_real + timedelta(minutes=minutes)
    assert_refused(bench.send(bench.maker.post(document, then)), 401)
    stamp = next(name for name in a_post(bench, device).headers if name.endswith("timestamp"))
    old = bench.maker.post(document, then)
    moved = changed(old, **{stamp: str(int(bench.now_real.timestamp()))})
    assert_refused(bench.send(moved), 401)
    assert bench.stored(device) == []


@pytest.mark.parametrize(**POSTED)
def test_a_replay_counts_once(bench: Bench):
    device = bench.device()
    good = a_post(bench, device)
    for _ in range(3):
        assert bench.maker.is_content(*_of(bench.send(good)))
    assert len(bench.stored(device)) == 1


@pytest.mark.parametrize(**POSTED)
def test_only_the_own_address_leads_anywhere(bench: Bench):
    device = bench.device()
    good = a_post(bench, device)
    before, token = bench.address.rsplit("/", 1)
    for url in (
        f"{before}/{token[:-1]}",
        f"{before}/{token}x",
        f"{before}/{'x' * 5000}",
        re.sub(r"/sensors/\w+/", "/sensors/nobody/", bench.address),
        re.sub(r"/sensors/\w+/", "/sensors/mqtt/", bench.address),
    ):
        assert bench.send(good, url).status == 404
    assert bench.stored(device) == []


_NOT_JSON = (
    b"",
    b"{",
    b"level=61",
    b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>",
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"a":' * 50_000,
)
_OF_ANOTHER_TYPE: tuple[object, ...] = (None, True, [], {}, "x" * 3000, -99999, "\x00")
_OF_NO_SHAPE = (b"null", b"7", b'"x"', b"[7]", b'{"readings": 7}', b'[{"state": {}}]', b"{}")


@pytest.mark.parametrize(**POSTED)
def test_what_cannot_be_read_is_refused_and_the_host_sees_why(bench: Bench):
    device = bench.device()
    for body in (*_NOT_JSON, *_OF_NO_SHAPE):
        post = bench.maker.post(body, bench.now_real)
        answer = bench.send(post)
        # Minut's token stands in the body
        assert_refused(answer, 400, 422, *([401] if bench.entry.name == "minut" else []))
    assert bench.last_refusal() is not None
    assert bench.stored(device) == []
    assert bench.maker.is_content(*_of(bench.send(a_post(bench, device))))
    assert len(bench.stored(device)) == 1


@pytest.mark.parametrize(**POSTED)
def test_fields_of_wrong_types_are_refused_or_say_nothing(bench: Bench):
    """Each field of a good message in turn: nothing is kept that was not said."""
    device = bench.device()
    (document,) = bench.maker.words(bench.heard(device, bench.now))
    for path in places(document):
        for value in _OF_ANOTHER_TYPE:
            spoilt = put(document, path, value)
            answer = bench.send(bench.maker.post(spoilt, bench.now_real))
            assert answer.status < 300 or answer.status in (400, 401, 422), (path, value, answer)
    for at, _, level, number, _ in bench.stored(device):
        assert abs(at - bench.now) < timedelta(minutes=1)
        assert level is None or 0 <= level <= 100
        assert number in (None, 1)


_NO_LEVELS = ("NaN", "Infinity", "-Infinity", "1e999", "-1e9", "1e9", "-99999", '"loud"', "true")


@pytest.mark.parametrize(**WITH_LEVELS)
def test_a_level_that_no_device_can_measure_is_refused(bench: Bench):
    device = bench.device()
    for level in _NO_LEVELS:
        body = with_level(bench, Heard(device=device, at=bench.now, level=61.0), level)
        answer = bench.send(bench.maker.post(body, bench.now_real))
        if level == "NaN" and bench.entry.name == "home_assistant":
            assert answer.status == 202  # a state that is none
            continue
        assert_refused(answer, 422, 400)
    assert bench.stored(device) == []
    assert bench.last_refusal() is not None


@pytest.mark.parametrize(**those(lambda entry: entry.name == "home_assistant"))
def test_a_state_that_is_none_is_acknowledged_and_no_reading(bench: Bench):
    device = bench.device()
    for state in ("unavailable", "unknown", "None", "nan", ""):
        said = bench.maker.state(device, bench.now, state)  # type: ignore[attr-defined]
        assert bench.send(bench.maker.post(said, bench.now_real)).status == 202
    assert bench.stored(device) == []


@pytest.mark.parametrize(**those(lambda entry: entry.one_post_for_all))
def test_of_a_list_with_one_bad_reading_nothing_is_kept(bench: Bench):
    device = bench.device()
    said = [Heard(device=device, at=bench.now - timedelta(minutes=n), level=61.0) for n in (2, 1)]
    body = with_level(bench, said, "1e6")
    assert_refused(bench.send(bench.maker.post(body, bench.now_real)), 422)
    assert bench.stored(device) == []


@pytest.mark.parametrize(**POSTED)
def test_ten_megabytes_are_refused_before_they_are_read(bench: Bench):
    device = bench.device()
    headers = dict(a_post(bench, device).headers)
    assert_refused(bench.stage.announce(bench.address, 10 * 1024 * 1024, headers), 413)
    assert bench.maker.is_content(*_of(bench.send(a_post(bench, device))))


@pytest.mark.parametrize(**POSTED)
def test_another_media_type_is_refused(bench: Bench):
    device = bench.device()
    for kind in ("text/html", "application/x-www-form-urlencoded", "text/plain"):
        post = changed(a_post(bench, device), content_type=kind)
        assert_refused(bench.send(post), 415)
    assert bench.stored(device) == []


def with_level(bench: Bench, heard: Heard | list[Heard], level: str) -> bytes:
    """What the maker says, the (last) level replaced by `level` as it would stand in JSON."""
    said = heard if isinstance(heard, list) else [heard]
    (document,) = bench.maker.words(*said)
    body = json.dumps(document)
    written = next(
        found for found in ('"61.0"', "6100", "61.0", "610", "61") if f": {found}" in body
    )
    before, found, after = body.rpartition(f": {written}")
    if written.startswith('"') and not level.startswith('"'):
        level = f'"{level}"'  # states are texts
    return f"{before}: {level}{after}".encode() if found else b""


def places(document: object, before: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to each value of a document."""
    if isinstance(document, dict):
        items = list(document.items())
    elif isinstance(document, list):
        items = list(enumerate(document))
    else:
        return [before]
    inner = [way for key, value in items for way in places(value, (*before, key))]
    return [before, *inner] if before else inner


def put(document: object, path: tuple[object, ...], value: object) -> object:
    """The document with another value at that place."""
    made = json.loads(json.dumps(document))
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def _of(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body
