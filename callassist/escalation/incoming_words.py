"""What somebody who phones us hears, in the words of config/guest."""

from __future__ import annotations

from collections.abc import Mapping

from callassist.domain.call_task import Party
from callassist.domain.phoning_back import Line
from callassist.escalation.context import Escalation
from callassist.stays.guest_words import language_of

_SENTENCES = {
    Line.NEUTRAL: "back_neutral",
    Line.QUEUED: "back_queued",
    Line.TURNED_DOWN: "back_turned_down",
    Line.NOTED: "back_noted",
    Line.TOO_OFTEN: "back_too_often",
    Line.OVER: "back_over",
    Line.WITH_HOST: "back_with_host",
    Line.GUEST_FIRST: "back_guest_first",
}
_JOINED = {"en": "You are connected.", "fr": "Vous êtes en ligne."}
# said to the operator whose own phone is rung; operators speak one of these
_ASKED = {
    "en": (
        "Call Assist. {who} phones back, reference {reference}. Press 1 to take the call.",
        {Party.GUEST: "A guest", Party.HOST: "A host"},
    ),
    "fr": (
        "Call Assist. {who} rappelle, référence {reference}. Appuyez sur 1 pour prendre l’appel.",
        {Party.GUEST: "Un voyageur", Party.HOST: "Un hôte"},
    ),
}


def sentence(ctx: Escalation, language: str, line: Line) -> str:
    """The last sentence of a call that ends so; empty where nothing more is said."""
    name = _SENTENCES.get(line)
    return _words(ctx, language)[name] if name else ""


def menu(ctx: Escalation, language: str, *, may_turn_it_down: bool) -> tuple[str, tuple[str, ...]]:
    """A greeting, and a sentence for each key."""
    words = _words(ctx, language)
    keys = [words["back_key_person"]]
    if may_turn_it_down:
        keys.append(words["back_key_turn_down"])
    return words["back_hello"], tuple(keys)


def goodbye(ctx: Escalation, language: str) -> str:
    """After a menu in which nothing was pressed."""
    return _words(ctx, language)["back_goodbye"]


def puts_through(languages: list[str]) -> tuple[str, str]:
    """What that phone says when the two are put together, and in which language."""
    language = next((code for code in languages if code in _JOINED), "en")
    return _JOINED[language], language


def asks_operator(languages: list[str], party: Party, reference: str) -> tuple[str, str]:
    """What the operator's own phone says, and in which language."""
    language = next((code for code in languages if code in _ASKED), "en")
    text, parties = _ASKED[language]
    return text.format(who=parties[party], reference=reference.replace("-", " ")), language


def _words(ctx: Escalation, language: str) -> Mapping[str, str]:
    return ctx.guest_words[language_of(language)]
