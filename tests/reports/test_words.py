"""English and French say the same things, and there are words for everything."""

from __future__ import annotations

import string
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.incident import Resolution
from callassist.domain.message_kind import STAFF_KINDS, MessageKind
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.reports.advice import _AFTER_RESOLUTION, _AFTER_TALK
from callassist.reports.history import _PARAMS, _VARIANTS
from callassist.reports.words import LANGUAGES, Words, texts


def flat(language: str) -> dict[str, str]:
    found = {}
    for section, value in texts(language).items():
        if isinstance(value, str):
            found[section] = value
        else:
            found |= {f"{section}.{key}": text for key, text in value.items()}
    return found


def slots(template: str) -> set[str]:
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return {name.replace("Guest", "guest") for name in names}


def test_both_languages_have_the_same_words_with_the_same_slots() -> None:
    english, french = flat("en"), flat("fr")
    assert english.keys() == french.keys()
    assert {key: slots(text) for key, text in english.items()} == {
        key: slots(text) for key, text in french.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_everything_that_can_happen(language: str) -> None:
    hops = [str(action) for action in _PARAMS if action not in _VARIANTS]
    hops += [key for _, keys in _VARIANTS.values() for key in keys.values()]
    needed = {
        "history": hops,
        "result": [*AttemptOutcome, *Disposition],
        "resolution": list(Resolution),
        "advice": [*_AFTER_RESOLUTION.values(), *_AFTER_TALK.values()],
        "message": [
            kind
            for kind in MessageKind
            if kind not in STAFF_KINDS
            and kind not in (MessageKind.MORNING_NOTE, MessageKind.CHANNEL_TEST)
        ],
    }
    words = Words(language, ZoneInfo("UTC"))
    for section, keys in needed.items():
        assert [key for key in keys if words.get(section, str(key)) is None] == [], section


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "0 calls"),
        ("en", 1, "1 call"),
        ("en", 2, "2 calls"),
        ("fr", 0, "0 appel"),
        ("fr", 1, "1 appel"),
        ("fr", 2, "2 appels"),
    ],
)
def test_a_count_takes_the_right_noun(language: str, count: int, said: str) -> None:
    sentence = Words(language, ZoneInfo("UTC")).say(
        "summary", "nobody_reached", guest_calls=count, host_calls=count, guest="Ana"
    )
    assert said in sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_a_parameter_that_an_older_report_lacks_is_a_dash() -> None:
    said = Words("en", ZoneInfo("UTC")).say("history", "still_loud")
    assert said == "Still loud – after the contact."
