"""The demo's way in: one click per role. The demo's own database says that it is one."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callassist.accounts.sign_in_sessions import Way
from callassist.models import Person
from callassist.storage.facts import get_fact
from callassist.web.datastore import SignedIn
from callassist.web.pages import asking
from callassist.web.pages.entry import letting_in
from callassist.web.pages.entry.local_paths import local_path

# {"roles": {"host": "host@demo.callassist.invalid", ...}}; written by the demo alone
FACT = "demo"
_NOBODYS = ".invalid"  # nobody real can have such an address


def roles() -> dict[str, str]:
    """Addresses by role; empty everywhere but in the demo."""
    if not asking.service().telephony.capabilities().simulated:
        return {}
    with asking.reading() as session:
        fact = get_fact(session, FACT)
    known = (fact or {}).get("roles", {})
    return {role: email for role, email in known.items() if email.endswith(_NOBODYS)}


def come_in() -> ResponseReturnValue:
    """Sign in as one of the demo's people."""
    email = roles().get(request.form.get("role", ""))
    if email is None:
        abort(404)
    with asking.reading() as session:
        query = select(Person).where(Person.email == email, Person.active.is_(True))
        person = session.scalars(query).first()
    if person is None:
        return redirect(url_for("entry.sign_in"))
    there = local_path(request.form.get("next", "/"))
    return letting_in.come_in(SignedIn(person), Way.DEMO, there)
