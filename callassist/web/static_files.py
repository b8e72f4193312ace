"""Stylesheets, scripts, fonts and icons: served by WhiteNoise under a versioned folder.

The folder's name is a hash over all files, so that browsers may keep them for ever, and so
that modules and stylesheets which name each other stay in one version. The same files also
answer without the version, for those who name them from outside: reports, mails.

What is served is what stood there when the process began. An upgrade writes new files while the
old process still answers: told the old length, a browser would keep the beginning of a new file.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import Response, StaticFile

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PREFIX = "static/"
_SHORT_SECONDS = 3600


def version_of(folder: Path) -> str:
    """A hash over names and contents of all files below `folder`."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


class Kept:
    """One file as it was when this was made, with what WhiteNoise knows of it."""

    def __init__(self, file: StaticFile) -> None:
        self._file = file
        self._contents = {path: Path(path).read_bytes() for _, path, _ in file.alternatives}

    def get_response(self, method: str, environ: WSGIEnvironment) -> Response:
        if method != "GET" or self._file.is_not_modified(environ):
            return self._file.get_response(method, environ)
        path, headers = self._file.get_path_and_headers(environ)
        contents = BytesIO(self._contents[path])
        if "HTTP_RANGE" in environ:
            with suppress(ValueError):  # a range that nobody understands counts as none
                return self._file.get_range_response(environ["HTTP_RANGE"], headers, contents)
        return Response(HTTPStatus.OK, headers, contents)


def kept(file: StaticFile) -> Kept:
    """This file as it is now."""
    return Kept(file)


def serve(app: Flask, *, development: bool) -> WhiteNoise:
    """The application behind its files; gives templates `static_url(name)`.

    In development files may change while it runs: no version, and nothing is kept.
    """
    folder = Path(str(app.static_folder))
    if development:
        files = WhiteNoise(app.wsgi_app, autorefresh=True, max_age=0)
        versioned = PREFIX
    else:
        versioned = f"{PREFIX}{version_of(folder)}/"
        files = WhiteNoise(
            app.wsgi_app,
            max_age=_SHORT_SECONDS,
            immutable_file_test=lambda _path, url: url.startswith(f"/{versioned}"),
        )
        files.add_files(str(folder), prefix=versioned)
    files.add_files(str(folder), prefix=PREFIX)
    if not development:
        files.files = {url: kept(file) for url, file in files.files.items()}
    app.jinja_env.globals["static_url"] = lambda name: f"/{versioned}{name}"
    return files
