"""Words for guests, on their page and in texts: small files in config/guest, one per language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from callassist.domain.stop_words import StopWords, parse_stop_words
from callassist.errors import InvalidInput, SettingsError

LANGUAGES = ("en", "fr", "de", "it", "es", "pl")
Texts = Mapping[str, str]


def load_texts(folder: Path) -> dict[str, Texts]:
    """Every language's words; SettingsError names a file that is missing, or a word in it."""
    texts = {language: _read(folder / f"{language}.toml") for language in LANGUAGES}
    for language, words in texts.items():
        missing = sorted(texts["en"].keys() - words.keys())
        if missing:
            raise SettingsError(f"{folder / language}.toml: there is no {', '.join(missing)}")
    return texts


def load_stop_words(path: Path) -> StopWords:
    """The table of `config/stop_words.toml`; SettingsError names what is wrong."""
    try:
        return parse_stop_words(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, InvalidInput) as error:
        raise SettingsError(f"{path}: {error}") from error


def language_of(language: str | None) -> str:
    """The guest's language if there are words in it (`fr-CA` counts as `fr`), else English."""
    plain = (language or "").partition("-")[0].lower()
    return plain if plain in LANGUAGES else "en"


def _read(path: Path) -> Texts:
    try:
        return {name: str(text) for name, text in tomllib.loads(path.read_text("utf-8")).items()}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
