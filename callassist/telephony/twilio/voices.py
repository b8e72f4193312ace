"""Who speaks a language: voices that Twilio and SignalWire both have (Amazon Polly, standard)."""

from __future__ import annotations

from typing import NamedTuple


class Voice(NamedTuple):
    """A locale and one of its voices; the two must fit, or nothing is said at all."""

    locale: str
    name: str


_VOICES = {
    "cy": Voice("cy-GB", "Polly.Gwyneth"),
    "da": Voice("da-DK", "Polly.Naja"),
    "de": Voice("de-DE", "Polly.Vicki"),
    "en": Voice("en-GB", "Polly.Amy"),
    "es": Voice("es-ES", "Polly.Lucia"),
    "fr": Voice("fr-FR", "Polly.Lea"),
    "is": Voice("is-IS", "Polly.Dora"),
    "it": Voice("it-IT", "Polly.Bianca"),
    "ja": Voice("ja-JP", "Polly.Mizuki"),
    "nb": Voice("nb-NO", "Polly.Liv"),
    "nl": Voice("nl-NL", "Polly.Lotte"),
    "no": Voice("nb-NO", "Polly.Liv"),
    "pl": Voice("pl-PL", "Polly.Ewa"),
    "pt": Voice("pt-PT", "Polly.Ines"),
    "ro": Voice("ro-RO", "Polly.Carmen"),
    "ru": Voice("ru-RU", "Polly.Tatyana"),
    "sv": Voice("sv-SE", "Polly.Astrid"),
    "tr": Voice("tr-TR", "Polly.Filiz"),
}


def voice_of(language: str) -> Voice:
    """The voice of a language, like fr or fr-CA; English where we know none."""
    return _VOICES.get(language.partition("-")[0].lower(), _VOICES["en"])
