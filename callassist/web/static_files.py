"""Stylesheets, scripts, fonts and icons: served by WhiteNoise under a versioned folder.

The folder's name is a hash over all files, so that browsers may keep them for ever, and so
that modules and stylesheets which name each other stay in one version. The same files also
answer without the version, for those who name them from outside: reports, mails.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

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
    app.jinja_env.globals["static_url"] = lambda name: f"/{versioned}{name}"
    return files
