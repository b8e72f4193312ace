"""A wrong number's message leads to where whoever reads it can mend it."""

from __future__ import annotations

import pytest

from callassist.domain.viewer import Role
from callassist.models import Incident, Property, Stay
from tests.notifications.scene import Scene


@pytest.mark.parametrize(
    ("role", "party", "page"),
    [
        (Role.OWNER, "guest", "/homes/{home}/stays/{stay}"),
        (Role.OWNER, "host", "/homes/{home}/say"),
        (Role.VIEWER, "guest", "/incidents/{incident}"),
    ],
)
def test_a_flagged_number_leads_to_where_it_is_mended(
    scene: Scene, role: Role, party: str, page: str
) -> None:
    scene.channel("push", person_id=scene.person("reader", role))
    incident_id = scene.incident()
    facts = {"reason": "invalid_number", "mask": "+33 6 •• 23", "party": party}
    scene.tell("number_flagged", incident_id=incident_id, facts=facts)
    _, message = scene.push.heard[0]
    with scene.sessions.read() as session:
        incident = session.get_one(Incident, incident_id)
        expected = page.format(
            home=session.get_one(Property, incident.property_id).public_id,
            stay=session.get_one(Stay, incident.stay_id or 0).public_id,
            incident=incident.public_id,
        )
    assert message.url == f"https://calls.example.com{expected}"
