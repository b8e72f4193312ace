"""Static files with their headers, kept for as long as a process of tests lives.

Each page test makes an application of its own, and each application would measure every file and
write its headers: a quarter of making it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from whitenoise import WhiteNoise

from callassist.web import static_files

_read = WhiteNoise.get_static_file
_known: dict[tuple[object, ...], Any] = {}


def share_files() -> None:
    """Let all applications of this process share what they know of files that do not change."""

    def get_static_file(files: WhiteNoise, path: str, url: str, stat_cache: Any = None) -> Any:
        if files.autorefresh:
            return _read(files, path, url, stat_cache)
        key = (path, url, files.max_age, files.immutable_file_test(path, url))
        if key not in _known:
            _known[key] = _read(files, path, url, stat_cache)
        return _known[key]

    WhiteNoise.get_static_file = get_static_file
    static_files.version_of = cache(static_files.version_of)
    static_files.kept = cache(static_files.kept)
