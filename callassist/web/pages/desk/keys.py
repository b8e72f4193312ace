"""The desk's shortcuts: one list, for the `?` dialog and for keys.js alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from callassist.web.translate import lazy_gettext as _l


@dataclass(frozen=True)
class Shortcut:
    """One key: what it does (a word for keys.js) and how that is said."""

    key: str
    does: str
    text: LazyString


SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut("J", "next", _l("Next call in the queue")),
    Shortcut("K", "previous", _l("Call before that in the queue")),
    Shortcut("Enter", "accept", _l("Accept the offer, or take the call that is chosen")),
    Shortcut("Esc", "decline", _l("Decline the offer")),
    Shortcut("C", "call", _l("Make the call")),
    Shortcut("U", "hang_up", _l("Hang up")),
    Shortcut("E", "english", _l("Script in English")),
    Shortcut("F", "french", _l("Script in French")),
    Shortcut("1 – 9", "outcome", _l("Choose a result")),
    Shortcut("N", "note", _l("Write the note")),
    Shortcut("Ctrl Enter", "save", _l("Save and next, also while typing")),
    Shortcut("X", "extend", _l("One more minute for the result")),
    Shortcut("H", "hand_over", _l("Hand the call over")),
    Shortcut("R", "release", _l("Release the call")),
    Shortcut("B", "break", _l("Break, and back from it")),
    Shortcut("M", "mute", _l("Sound off and on")),
    Shortcut("?", "help", _l("This list")),
)
