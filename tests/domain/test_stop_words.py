"""A single word stops or starts, in any language and any wording; a sentence never does."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.stop_words import Meaning, bare, parse_stop_words
from callassist.errors import InvalidInput

TABLE = tomllib.loads((Path(__file__).parents[2] / "config" / "stop_words.toml").read_text("utf-8"))
WORDS = parse_stop_words(TABLE)
WRITTEN = [
    (word, Meaning(kind))
    for kind, languages in TABLE.items()
    for words in languages.values()
    for word in words
]
AROUND = st.text(alphabet=" \n\t.,!?…:;-_*'\"«»()[]¡¿🙏🛑", max_size=6)


@given(st.sampled_from(WRITTEN), AROUND, AROUND, st.sampled_from(["lower", "upper", "title"]),
       st.sampled_from(["NFC", "NFD"]), st.booleans())  # fmt: skip
def test_case_accents_and_punctuation_never_matter(written, before, after, case, form, without):
    word, meaning = written
    typed = getattr(unicodedata.normalize(form, word), case)()
    if without:  # as typed on a phone without accents
        spread = unicodedata.normalize("NFD", typed)
        typed = "".join(sign for sign in spread if not unicodedata.combining(sign))
    assert WORDS.meaning(before + typed + after) is meaning


@given(st.sampled_from(WRITTEN), st.sampled_from(["we", "don't", "please", "la", "4"]),
       st.booleans())  # fmt: skip
def test_a_word_among_others_means_nothing_by_itself(written, other, first):
    typed = f"{written[0]} {other}" if first else f"{other} {written[0]}"
    assert WORDS.meaning(typed) is Meaning.OTHER


@given(st.text(max_size=200))
def test_whatever_is_written_has_one_meaning_and_breaks_nothing(message):
    assert WORDS.meaning(message) in Meaning
    assert bare(bare(message)) == bare(message)


@pytest.mark.parametrize(
    "message",
    ["", " ", "!!!", "yes", "no", "ok", "oui", "stopping by later", "stopp it", "unstoppable"],
)
def test_what_could_mean_anything_is_left_to_a_person(message):
    assert WORDS.meaning(message) is Meaning.OTHER


@pytest.mark.parametrize("message", ["STOJ", "Stój!", "ARRET", "désabonner", "«Basta»", "S.T.O.P."])
def test_some_of_the_ways_to_write_it(message):
    assert WORDS.meaning(message) is Meaning.STOP


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"stop": {"en": ["stop"]}},
        {"stop": {"en": ["stop"]}, "start": {"en": ["Stop"]}},
        {"stop": {"en": ["stop it"]}, "start": {"en": ["start"]}},
        {"stop": {"en": "stop"}, "start": {"en": ["start"]}},
    ],
)
def test_a_table_that_cannot_be_right_is_refused(table):
    with pytest.raises(InvalidInput):
        parse_stop_words(table)
