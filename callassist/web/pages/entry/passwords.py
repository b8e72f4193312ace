"""Checking and changing passwords through Flask-Security."""

from __future__ import annotations

from flask import current_app
from flask_security import Security, hash_password
from flask_security.changeable import change_user_password
from flask_security.utils import verify_password

from callassist.errors import InvalidInput
from callassist.web.datastore import SignedIn
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

LONGEST = 256


def person_of(email: str, password: str) -> SignedIn | None:
    """Who has this address and password; unknown addresses take as long as wrong passwords."""
    password = _security()._password_util.normalize(password[: LONGEST + 1])
    found = _security().datastore.find_user(email=email.strip(), case_insensitive=True)
    if not isinstance(found, SignedIn) or found.password is None:
        hash_password(password)
        return None
    if not found.verify_and_update_password(password) or not found.active:
        return None
    return found


def least() -> int:
    """So many characters a password needs at least; what they are is the person's choice."""
    return int(current_app.config["SECURITY_PASSWORD_LENGTH_MIN"])


def change(who: SignedIn, form: Form, *, asks_old: bool) -> None:
    """Set a new password; InvalidInput names the field."""
    old, new, again = (form[name] for name in ("old", "new", "again"))
    present = _security()._password_util.normalize(old[: LONGEST + 1])
    if asks_old and not (who.password and verify_password(present, who.password)):
        raise InvalidInput(_("This is not your present password."), "old")
    if len(new) > LONGEST:
        raise InvalidInput(_("At most %(n)s characters.", n=LONGEST), "new")
    problems, normal = _security()._password_util.validate(new, False, user=who)
    if problems:
        raise InvalidInput(_("At least %(n)s characters.", n=least()), "new")
    if normal != _security()._password_util.normalize(again):
        raise InvalidInput(_("The two are not the same."), "again")
    change_user_password(who, normal, notify=False)


def _security() -> Security:
    found = current_app.extensions["security"]
    assert isinstance(found, Security)
    return found
