"""Reading what operators say, and the hours of automatic contact, from `config/`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from callassist.domain.consent import Hours, parse_hours
from callassist.domain.recording import RecordingTable, parse_recording
from callassist.domain.script import ScriptLibrary
from callassist.domain.script_data import parse_library
from callassist.errors import SettingsError

_NOT_BOOKS = frozenset({"phrases", "emergency"})


def load_library(directory: Path) -> ScriptLibrary:
    """Every script of `config/scripts`; raises SettingsError for a file that cannot be read and
    InvalidInput naming the sentence that is wrong."""
    books = {
        path.stem: _read(path)
        for path in sorted(directory.glob("*.toml"))
        if path.stem not in _NOT_BOOKS
    }
    phrases, emergency = (_read(directory / f"{name}.toml") for name in ("phrases", "emergency"))
    return parse_library(books, phrases, emergency)


def load_hours(path: Path) -> Hours:
    """The table of `config/hours.toml`."""
    return parse_hours(_read(path))


def load_recording(path: Path) -> RecordingTable:
    """The table of `config/recording.toml`."""
    return parse_recording(_read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None
