"""The portal's keys: one list, for the `?` dialog and for go_keys.js alike."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from callassist.accounts.preferences import save_shortcuts
from callassist.web.pages import asking
from callassist.web.pages.entry.local_paths import local_path
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l

_WHERE = ("host", "people")  # the desk has keys of its own


@dataclass(frozen=True, kw_only=True)
class WayTo:
    """Keys that are pressed one after the other, and the page to which they lead."""

    keys: str
    endpoint: str
    text: LazyString


WAYS: tuple[WayTo, ...] = (
    WayTo(keys="g h", endpoint="host.tonight", text=_l("Tonight")),
    WayTo(keys="g i", endpoint="host.incidents", text=_l("Incidents")),
    WayTo(keys="g p", endpoint="host.homes", text=_l("Homes")),
)


def ways_here() -> tuple[WayTo, ...]:
    """The keys of this page: hosts have them on every page of the portal."""
    if g.get("people_unknown") or request.blueprint not in _WHERE or asking.person() is None:
        return ()
    return WAYS if asking.viewer().account_ids else ()


def are_on() -> bool:
    """Whether the person who is signed in left the keys on."""
    who = None if g.get("people_unknown") else asking.person()
    return who is not None and who.person.shortcuts


def switch() -> ResponseReturnValue:
    """Switch the keys on or off, in every browser of the person."""
    who = asking.person()
    if who is None:
        abort(404)
    on = bool(request.form.get("shortcuts"))
    with asking.writing() as session:
        save_shortcuts(session, who.id, on)
    flash(_("Keys are on. ? lists them.") if on else _("Keys are off."))
    return redirect(local_path(request.form.get("back", "/")))
