"""What operators say: every slot filled or left out, never a threat."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from callassist.accounts.scripts import load_library
from callassist.domain.call_task import Party
from callassist.domain.script import Slots, render_script, spoken_minutes
from callassist.domain.script_data import parse_book
from callassist.errors import InvalidInput

DIRECTORY = Path(__file__).parents[2] / "config" / "scripts"
LIBRARY = load_library(DIRECTORY)
KNOWN = Slots(
    guest="Camille",
    desk_name="Noor",
    host_spoken_name="Anna",
    minutes=33.9,
    call_name="Canal 12",
    reference="amber-otter",
    country="FR",
)
CALLS = [(Party.GUEST, False), (Party.GUEST, True), (Party.HOST, False)]
THREATS = ("evict", "fine ", "fines", "penalt", "police", "charge you", "leave the home")
MENACES = ("expuls", "amende", "pénalit", "police", "caution", "quitter le logement", "frais")


def test_the_english_guest_script_reads_well() -> None:
    script = render_script(LIBRARY, "en", Party.GUEST, KNOWN)
    assert script.lines == (
        "Hello, is this Camille?",
        "My name is Noor, and I am calling on behalf of your host, Anna.",
        "It is about your stay at Canal 12.",
        "The noise level there has been high for more than 30 minutes.",
        "Could I ask you to turn the music and the voices down, and to close the windows, so that "
        "the neighbours can rest?",
        "Shall I tell Anna that it will be quieter now?",
        "Thank you very much, Camille, and enjoy the rest of your stay.",
    )
    assert script.missing == frozenset()


def test_the_french_script_without_any_slot_is_still_polite_french() -> None:
    script = render_script(LIBRARY, "fr-FR", Party.GUEST, Slots())
    assert script.language == "fr"
    assert script.lines == (
        "Allô, vous êtes bien la personne qui séjourne dans la location\u202f?",
        "Je vous appelle de la part du propriétaire de votre location.",
        "C’est au sujet du logement où vous séjournez.",
        "Le niveau sonore y est élevé depuis un bon moment.",
        "Est-ce que je peux vous demander de baisser la musique et les voix, et de fermer les "
        "fenêtres, pour que les voisins puissent se reposer\u202f?",
        "Est-ce que je peux dire au propriétaire que ce sera plus calme maintenant\u202f?",
        "Merci beaucoup, et bonne fin de séjour.",
    )
    assert "minutes" in script.missing


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("party", "repeat"), CALLS)
@pytest.mark.parametrize("slots", [KNOWN, Slots(), Slots(guest="{x}", minutes=4.9)])
def test_no_slot_is_ever_read_out_empty(
    language: str, party: Party, repeat: bool, slots: Slots
) -> None:
    script = render_script(LIBRARY, language, party, slots, repeat=repeat)
    spoken = [*script.lines, script.voicemail, *(card.say for card in script.cards)]
    spoken += [*script.safety, *script.safety_steps]
    for text in spoken:
        assert text.replace("{x}", "x").strip()
        assert "{" not in text.replace("{x}", "")
        assert "  " not in text
        assert "None" not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_is_threatened(language: str) -> None:
    book = tomllib.loads((DIRECTORY / f"{language}.toml").read_text(encoding="utf-8"))
    book.pop("never")
    text = str(book).lower()
    assert [word for word in (*THREATS, *MENACES) if word in text] == []


def test_both_languages_have_the_same_sentences_and_cards() -> None:
    en, fr = LIBRARY.books["en"], LIBRARY.books["fr"]
    assert [(c.key, c.result) for c in en.cards] == [(c.key, c.result) for c in fr.cards]
    for name, lines in en.sections.items():
        assert [one.key for one in lines] == [one.key for one in fr.sections[name]], name


@pytest.mark.parametrize(
    ("measured", "said"), [(None, None), (4.9, None), (5, 5), (33.9, 30), (64.99, 60)]
)
def test_minutes_are_rounded_down_to_five(measured: float | None, said: int | None) -> None:
    assert spoken_minutes(measured) == said


@pytest.mark.parametrize(
    ("country", "number"),
    [("FR", "112"), ("GB", "999"), ("US", "911"), ("ca", "911"), ("AU", "000"), ("XX", "112")],
)
def test_the_safety_card_names_the_local_number(country: str, number: str) -> None:
    script = render_script(LIBRARY, "en", Party.GUEST, Slots(country=country))
    assert number in script.safety[0]
    assert number in script.safety_steps[1]


def test_a_language_without_a_book_is_called_in_english_with_a_phrase_card() -> None:
    script = render_script(LIBRARY, "de", Party.GUEST, KNOWN, guest_language="de-AT")
    assert script.language == "en"
    assert script.phrase_card is not None
    assert script.phrase_card.title == "Deutsch"
    assert [phrase.meaning for phrase in script.phrase_card.phrases][-1] == "Thank you very much."
    assert "112" in script.phrase_card.phrases[3].say


def test_a_phrase_card_exists_for_six_languages_and_never_for_the_scripts_own() -> None:
    assert set(LIBRARY.phrases) == {"en", "fr", "de", "es", "it", "nl", "pl", "pt"}
    assert render_script(LIBRARY, "fr", Party.GUEST, KNOWN, guest_language="fr").phrase_card is None
    assert render_script(LIBRARY, "fr", Party.GUEST, KNOWN, guest_language="xx").phrase_card is None


def _book(change: tuple[str, Any]) -> dict[str, Any]:
    book = tomllib.loads((DIRECTORY / "en.toml").read_text(encoding="utf-8"))
    broken = copy.deepcopy(book)
    name, value = change
    broken[name] = value
    return broken


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("guest", {"lines": [{"key": "greeting", "say": ["Hi {guest}"]}]}), "without slots"),
        (("guest", {"lines": [{"key": "x", "say": ["{adress}", "y"]}]}), "unknown slot"),
        (("guest", {"lines": [{"key": "x", "say": ["{guest", "y"]}]}), "not closed"),
        (("guest", {"lines": [{"key": "x", "say": []}]}), "nothing to say"),
        (("cards", [{"key": "x", "title": "y", "say": ["z"], "result": "won"}]), "not a result"),
        (("safety", {"title": "x", "say": ["{guest}"], "steps": []}), "emergency_number"),
        (("guest_repeat", {}), "lacks 'lines'"),
    ],
)
def test_a_script_that_could_fail_at_night_is_refused_when_loaded(
    change: tuple[str, Any], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        parse_book(_book(change), "en")
