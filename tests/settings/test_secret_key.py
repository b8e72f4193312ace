"""The key's file: made once, for its owner's eyes only."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from callassist.errors import SettingsError
from callassist.settings import secret_key


def test_the_first_start_makes_a_key_and_the_next_finds_it(tmp_path: Path):
    data_dir = tmp_path / "var"
    first = secret_key.read_or_make(data_dir, "")
    assert len(secret_key.parse(first)) == 1
    assert secret_key.read_or_make(data_dir, "") == first
    [file] = data_dir.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_configured_key_is_used_and_nothing_is_written(tmp_path: Path):
    key = secret_key.generate()
    assert secret_key.read_or_make(tmp_path / "var", key) == key
    assert not (tmp_path / "var").exists()


def test_two_that_start_at_once_agree(tmp_path: Path):
    barrier, keys = threading.Barrier(8), list[str]()

    def start() -> None:
        barrier.wait()
        keys.append(secret_key.read_or_make(tmp_path, ""))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [secret_key.FILE_NAME]


def test_a_file_with_two_keys_is_a_rotation(tmp_path: Path):
    new, old = secret_key.generate(), secret_key.generate()
    (tmp_path / secret_key.FILE_NAME).write_text(f"{new}\n{old}\n")
    assert len(secret_key.parse(secret_key.read_or_make(tmp_path, ""))) == 2


def test_a_place_that_cannot_hold_a_key_is_named(tmp_path: Path):
    (tmp_path / "var").write_text("a file, not a directory")
    with pytest.raises(SettingsError, match="CALLASSIST_DATA_DIR: the key file"):
        secret_key.read_or_make(tmp_path / "var", "")
