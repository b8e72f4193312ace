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
    if asks_old and not is_present(who, form["old"]):
        raise InvalidInput(_("This is not your present password."), "old")
    change_user_password(who, check_new(form, who.email), notify=False)


def is_present(who: SignedIn, typed: str) -> bool:
    """Whether this is the person's password today."""
    normal = _security()._password_util.normalize(typed[: LONGEST + 1])
    return bool(who.password and verify_password(normal, who.password))


def check_new(form: Form, email: str) -> str:
    """The password typed as `new` and `again`, as it is hashed; InvalidInput names the field."""
    new, again = form["new"], form["again"]
    if len(new) > LONGEST:
        raise InvalidInput(_("At most %(n)s characters.", n=LONGEST), "new")
    problems, normal = _security()._password_util.validate(new, False, email=email)
    if problems:
        raise InvalidInput(_("At least %(n)s characters.", n=least()), "new")
    if normal != _security()._password_util.normalize(again):
        raise InvalidInput(_("The two are not the same."), "again")
    return str(normal)


def set_first(who: SignedIn, normal: str) -> None:
    """The first password of somebody who just joined; `normal` is checked."""
    change_user_password(who, normal, notify=False, autologin=False)


def _security() -> Security:
    found = current_app.extensions["security"]
    assert isinstance(found, Security)
    return found
