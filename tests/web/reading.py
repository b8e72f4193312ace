"""Reading a page for words of the other language."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

from babel.messages.pofile import read_po

import callassist.web
from tests.web.pages.browser import words_of

ENGLISH = """the and of is are was not you your with nobody call called calls guest home homes save
    back sign password loud quiet until this that from what who when day off yes add remove
    host attempt waiting offered available break offline number numbers sensor stay name language
    they there here none nothing"""
FRENCH = """le la les des vous votre avec personne appel appels voyageur logement logements
    enregistrer retour connexion bruit calme jusqu ce que qui quand oui ajouter modifier retirer
    hôte essai attente disponible ligne numéro numéros capteur séjour nom langue il ici aucun
    rien et est pour sur"""
FOREIGN = {
    "en": frozenset(re.findall(r"\w+", FRENCH)),
    "fr": frozenset(re.findall(r"\w+", ENGLISH)),
}
CATALOGUE = Path(callassist.web.__file__).parent / "translations/fr/LC_MESSAGES/messages.po"
# Data of the tests' stages, which is in the language of whoever typed it.
NAMES = re.compile(
    "Harbour Loft 4 rue du Port|Seaside Homes|Call Assist|Night desk|Home \\d|Hall sensors"
    "|A neighbour rang|Will not turn it down|A wedding|The neighbour|City flats|Guest \\d"
    "|homes\\.csv|stays\\.csv|quiet robot|English|Français|Chief"
    "|Home Assistant"
    "|Résidence Les Terrasses-du-Vieux-Port, bâtiment C, 3e étage gauche|None"
)


def elsewhere(language: str) -> str:
    """Elements that say that they are in another language."""
    return rf'<(\w+)[^>]*\slang="(?!{language})\w+"[^>]*>.*?</\1>'


def read(page: str, language: str) -> set[str]:
    """The words of a page that are meant to be in its language; data of the stage left out."""
    assert f'<html lang="{language}"' in page
    body = re.split(r"<body[^>]*>", page)[1]
    return words(body, language)


def words(part: str, language: str) -> set[str]:
    """The same of a piece of a page."""
    text = NAMES.sub(" ", words_of(_own(part, language)))
    return {word.lower() for word in re.findall(r"\b[^\W\d_]+\b", text)}  # none of a fingerprint


def foreign(part: str, language: str) -> set[str]:
    """Words and whole texts of the other language in a page or a piece of one."""
    own = re.split(r"<body[^>]*>", part)[-1]
    return (words(own, language) & FOREIGN[language]) | _texts(own, language)


def _texts(part: str, language: str) -> set[str]:
    """Texts of the catalogue's other side that stand alone in an element or a label."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", _own(part, language), flags=re.DOTALL)
    pieces = re.findall(r">([^<>]+)<", shown)
    pieces += re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*)"', shown)
    read_pieces = {" ".join(unescape(piece).split()) for piece in pieces}
    return {piece for piece in read_pieces & _other_side(language) if not NAMES.fullmatch(piece)}


def _own(part: str, language: str) -> str:
    own = re.sub(elsewhere(language), " ", part, flags=re.DOTALL)
    own = re.sub(r"<code>.*?</code>", " ", own, flags=re.DOTALL)
    # titles of a file, by themselves or by their place in it
    own = re.sub(r'<option value="([^"]+)"[^>]*>\1</option>', " ", own)
    own = re.sub(r'<option value="([^"]+)"[^>]*>\1 = .*?</option>', " ", own)  # of a message
    own = re.sub(r'<option value="\d+"[^>]*>[a-z_]+</option>', " ", own)
    return re.sub(r'<option value="\w+/[^"]+"[^>]*>.*?</option>', " ", own)  # names of time zones


@cache
def _other_side(language: str) -> frozenset[str]:
    """Every text of the other language that is no text of this one."""
    with CATALOGUE.open("rb") as file:
        messages = [one for one in read_po(file) if isinstance(one.id, str) and one.string]
    english = {" ".join(str(one.id).split()) for one in messages}
    french = {" ".join(str(one.string).split()) for one in messages}
    return frozenset(french - english if language == "en" else english - french) - {""}
