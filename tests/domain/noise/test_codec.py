"""The state as bytes."""

from __future__ import annotations

import json

import pytest

from callassist.domain.noise import PropertyNoise, ReadingKind, SourceKind, decode, encode
from callassist.errors import InvalidInput
from tests.domain.noise.home import CALM, LOUD, Home, level, said


def test_a_new_property_is_empty_bytes() -> None:
    assert decode(b"") == PropertyNoise()
    assert decode(encode(PropertyNoise())) == PropertyNoise()


def test_a_running_breach_of_two_brands_comes_back_whole() -> None:
    home = Home(kinds={1: SourceKind.LEVEL, 2: SourceKind.STATE})
    home.hear(level(0, 81.5), said(ReadingKind.NOISE_STARTED, 3, sensor=2, db=90.25))
    home.hear(said(ReadingKind.OFFLINE, 5, sensor=2))
    assert decode(encode(home.state)) == home.state
    assert decode(encode(home.state)).breach == home.state.breach


def test_a_quiet_home_needs_few_bytes() -> None:
    home = Home()
    home.levels(0, 5, LOUD)
    home.levels(5, 20, CALM)
    assert len(encode(home.state)) < 100


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{}", b"x", b"[9,1,1,0,[],[]]", b"[1,1,1,0,[[1]],[]]", b"[1,1,1,0,[],[]]x", b"\xff"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        decode(data)


def test_a_quiet_state_is_written_as_any_other() -> None:
    """It takes a short cut, on the hot path; the text must be the same."""
    home = Home(kinds={1: SourceKind.LEVEL, 2: SourceKind.STATE})
    home.hear(level(0, CALM), said(ReadingKind.NOISE_ENDED, 3, sensor=2))
    state = home.state
    assert not state.records
    rows = [[*each] for each in state.sources.values()]
    whole = [1, state.next_key, state.next_uid, state.clock, rows, []]
    assert encode(state) == json.dumps(whole, separators=(",", ":")).encode()
