"""What people call their browser: "Firefox, Linux". For lists of devices, never for decisions."""

from __future__ import annotations

# the first that is found in the header; several browsers carry the names of others
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(header: str) -> str:
    """Browser and system out of a User-Agent header; empty when it names neither."""
    names = (_first(header, _BROWSERS), _first(header, _SYSTEMS))
    return ", ".join(name for name in names if name)


def _first(header: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in header), "")
