"""Scripts and hours are read from `config/`; what cannot be read names its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from callassist.accounts.scripts import load_hours, load_library
from callassist.errors import InvalidInput, SettingsError

CONFIG = Path(__file__).parents[2] / "config"


def test_the_shipped_files_are_complete() -> None:
    library = load_library(CONFIG / "scripts")
    assert set(library.books) == {"en", "fr"}
    assert load_hours(CONFIG / "hours.toml").checked_on


def test_a_file_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"phrases\.toml"):
        load_library(tmp_path)
    broken = tmp_path / "hours.toml"
    broken.write_text("opens = ", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"hours\.toml is not TOML"):
        load_hours(broken)


def test_there_is_always_an_english_script(tmp_path: Path) -> None:
    for name in ("fr", "phrases", "emergency"):
        text = (CONFIG / "scripts" / f"{name}.toml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"en\.toml"):
        load_library(tmp_path)
