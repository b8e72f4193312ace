"""Where a browser may be led after signing in: only to pages of this site."""

from __future__ import annotations


def local_path(path: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the first page."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and "\\" not in path else "/"
