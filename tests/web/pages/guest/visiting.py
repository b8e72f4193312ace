"""A guest with the link, and the host who gives it to them."""

from __future__ import annotations

from sqlalchemy import select

from callassist.domain.viewer import Role, Viewer
from callassist.models import Stay
from callassist.stays import guest_link


def viewer(session, stay_id, role=Role.OWNER, off=0):
    stay = session.scalars(select(Stay).where(Stay.public_id == stay_id)).one()
    return Viewer(name="Host", account_roles={stay.account_id + off: frozenset({role})})


def token_of(world, scene, make=guest_link, **who):
    with world.service.sessions.write() as session:
        asks = viewer(session, scene.stay, **who)
        return make(session, world.service.vault, asks, scene.stay, now=world.clock.now())


def look(world, token, language="en"):
    return world.app.test_client().get(f"/g/{token}", headers={"Accept-Language": language})


def say(world, token, word, **headers):
    client = world.app.test_client()
    sent = client.post(f"/g/{token}/answer", data={"answer": word}, headers=headers)
    return sent, look(world, token).get_data(as_text=True)


def call_now(world, scene):
    return world.post("/incidents", scene.host, {"property": scene.home})["id"]
