"""A desk with many operators and a queue, and a browser for each of them that is signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.desks import create_desk
from callassist.accounts.people import add_person
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.bootstrap import build
from callassist.domain.policy import EscalationPolicy
from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, CallTask, Desk, Incident, Operator, Presence
from callassist.settings import load_settings
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.web.app import create_app
from callassist.web.link_guard import LinkGuard
from callassist.web.pages import link_limit
from tests.bench.ingest_world import World

_ADMIN = Viewer(name="the measurement", is_admin=True)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LOCAL = "http://localhost"
BROWSER = "desk"  # the name by which the played browsers go; a session belongs to one
_NEVER_GONE = timedelta(hours=1)  # nobody sends signs of life while it is measured


@dataclass(frozen=True, kw_only=True)
class LiveScene:
    """A way into the database of a running server, and a link to sign in for each operator."""

    sessions: Sessions
    desk_id: int
    links: tuple[str, ...]

    def add_call(self, home: int) -> str:
        """Commit another call for the desk, about a home that has none; its public id."""
        with self.sessions.write() as session:
            return _call(session, self.desk_id, home, datetime.now(UTC))


def make_live_scene(world: World, operators: int, waiting: int) -> LiveScene:
    """`operators` at one desk, all of them available; calls wait that none of them can take."""
    sessions = Sessions(make_engine(world.url))
    now = datetime.now(UTC)
    with sessions.write() as session:
        account = session.get_one(Account, 1)
        vault = Vault.from_text(world.key)
        desk = create_desk(session, vault, _ADMIN, "Night desk", now=now, account=account)
        links = tuple(_operator(session, number, desk, now) for number in range(operators))
        for home in range(1, waiting + 1):
            _call(session, desk.id, home, now)
        return LiveScene(sessions=sessions, desk_id=desk.id, links=links)


def signed_in(world: World, scene: LiveScene, public_url: str = LOCAL) -> list[str]:
    """The cookies of a browser for each operator, signed in by their links.

    Not at the measured server: that many sign-ins from one address would be refused there.
    """
    settings = {"CALLASSIST_DATABASE_URL": world.url, "CALLASSIST_SECRET_KEY": world.key}
    settings["CALLASSIST_DATA_DIR"] = str(world.directory)
    settings["CALLASSIST_PUBLIC_URL"] = public_url
    service = build(load_settings(settings, dotenv=None))
    pages = create_app(service)
    pages.extensions["callassist_sign_in_limiter"].enabled = False
    try:
        return [_cookie(pages, link, public_url) for link in scene.links]
    finally:
        service.stop()


def _cookie(pages: Flask, link: str, public_url: str) -> str:
    pages.extensions[link_limit.EXTENSION] = LinkGuard()
    browser = pages.test_client()
    headers = {"User-Agent": BROWSER}
    url = f"/sign-in/link/{link}"
    found = _TOKEN.search(browser.get(url, base_url=public_url, headers=headers).text)
    assert found is not None
    form = {"csrf_token": found[1]}
    headers["Referer"] = f"{public_url}{url}"
    sent = browser.post(url, base_url=public_url, data=form, headers=headers)
    assert sent.status_code == 302, sent.status_code
    # the first page with forms gives the cookie their token
    browser.get("/desk", base_url=public_url, headers=headers)
    name, host = pages.config["SESSION_COOKIE_NAME"], str(urlsplit(public_url).hostname)
    kept = browser.get_cookie(name, domain=host)
    assert kept is not None
    return f"{kept.key}={kept.value}"


def _operator(session: Session, number: int, desk: Desk, now: datetime) -> str:
    person = add_person(
        session,
        f"operator-{number}@example.com",
        Role.OPERATOR,
        now=now,
        desk=desk,
        name=f"Operator {number}",
        desk_name=f"Op {number}",
        languages=("en",),
    )
    operator = session.scalars(select(Operator).where(Operator.person_id == person.id)).one()
    seen = now + _NEVER_GONE
    session.merge(
        Presence(
            operator_id=operator.id, state="available", since=now, idle_since=now, heartbeat_at=seen
        )
    )
    return make_sign_in_link(session, person, now)


def _call(session: Session, desk_id: int, home: int, now: datetime) -> str:
    """A call in a language that nobody at the desk speaks, so that it goes on waiting."""
    policy = EscalationPolicy()
    incident = Incident(
        reference=f"amber-{home}",
        account_id=1,
        property_id=home,
        desk_id=desk_id,
        policy=policy.to_dict(),
        cadence=policy.cadence_at(now, UTC).to_dict(),
        state="calling_guest",
        opened_at=now,
        opened_by="noise",
        call_requested_at=now,
        language="fr",
    )
    session.add(incident)
    session.flush()
    task = CallTask(
        incident_id=incident.id,
        account_id=1,
        desk_id=desk_id,
        party="guest",
        attempt_number=1,
        state="pending",
        language="fr",
        available_at=now,
        created_at=now,
    )
    session.add(task)
    session.flush()
    return task.public_id
