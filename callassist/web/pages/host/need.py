"""One thing on the first page that needs its reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Need:
    """One card. With `acts` the button does something, else it leads somewhere; "" is no button."""

    title: str
    text: str
    url: str
    button: str
    tone: str = "watch"
    icon: str = "triangle-alert"
    acts: bool = False
    more_url: str = ""
    more_text: str = ""
