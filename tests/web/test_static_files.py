"""Files are answered as they were when the process began."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from callassist.web import static_files

OLD = b"export const old = 1;\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.js").write_bytes(OLD)
    return tmp_path


def _client(folder: Path, *, development: bool = False) -> Client:
    app = Flask(__name__, static_folder=str(folder))
    return Client(static_files.serve(app, development=development))


def test_an_upgrade_beside_a_running_process_cuts_no_file(folder: Path) -> None:
    client = _client(folder)
    (folder / "a.js").write_bytes(b"export const longer = {\n  than: 'before',\n};\n")
    answer = client.get("/static/a.js")
    assert (answer.data, answer.content_length) == (OLD, len(OLD))
    (folder / "a.js").unlink()
    assert client.get("/static/a.js").data == OLD
    kept = client.get("/static/a.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert kept.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "data"),
    [
        ("bytes=7-11", 206, OLD[7:12]),
        ("bytes=-3", 206, OLD[-3:]),
        ("bytes=900-", 416, b""),
        ("lines=1-2", 200, OLD),
    ],
)
def test_a_part_of_a_file_is_answered(folder: Path, asked: str, status: int, data: bytes) -> None:
    answer = _client(folder).get("/static/a.js", headers={"Range": asked})
    assert (answer.status_code, answer.data) == (status, data)


def test_in_development_a_changed_file_shows_at_once(folder: Path) -> None:
    client = _client(folder, development=True)
    (folder / "a.js").write_bytes(b"changed")
    assert client.get("/static/a.js", buffered=True).data == b"changed"
