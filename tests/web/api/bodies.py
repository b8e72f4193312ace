"""A body for every route that takes one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callassist.web.api.fields import Nothing, write_instant
from callassist.web.api.routing import Route
from tests.web.api.seeds import Seeds


def body_for(route: Route, seeds: Seeds) -> Any:
    """What could be sent; it names things of the firm where it has to name any."""
    if route.body is None:
        return None
    if route.body is Nothing:
        return {}
    return _bodies(seeds)[f"{route.method} {route.path}"]


def _bodies(seeds: Seeds) -> dict[str, Any]:
    now = seeds.world.clock.now()
    soon, later = (write_instant(now + timedelta(hours=hours)) for hours in (1, 2))
    account, home, desk = seeds.scene.account, seeds.scene.home, seeds.scene.desk
    return {
        "POST /accounts": {"name": "Gamma"},
        "POST /users": {"email": "new@example.com", "role": "manager", "account": account},
        "POST /invitations": {
            "email": "more@example.com",
            "role": "viewer",
            "account": account,
        },
        "PATCH /users/{person_id}/notification-choices": {"told": {"went_quiet": []}},
        "PATCH /users/{person_id}/quiet-hours": {"quiet_from": "23:00", "quiet_until": "07:00"},
        "POST /tokens": {"scope": "operator", "account": account},
        "POST /desks": {"name": "Night desk", "account": account},
        "PATCH /desks/{desk_id}": {"name": "Night desk"},
        "POST /service-agreements": {"desk": desk, "account": account},
        "POST /service-agreements/{agreement_id}/end": {"ends_at": later},
        "POST /operators": {"name": "Bo", "desk": desk},
        "PATCH /operators/{operator_id}": {"desk_name": "Ann"},
        "POST /shifts": {"operator": seeds.scene.operator_id, "starts_at": soon, "ends_at": later},
        "PATCH /shifts/{shift_id}": {"starts_at": soon, "ends_at": later},
        "POST /duty-spans": {
            "name": "Bo",
            "phone": "+12025550105",
            "starts_at": soon,
            "ends_at": later,
            "account": account,
        },
        "POST /policies": {"name": "Loose", "rules": {"threshold_db": 80.0}, "account": account},
        "PATCH /policies/{policy_id}": {"name": "Looser"},
        "POST /properties": {
            "name": "Attic",
            "timezone": "Europe/Paris",
            "country": "FR",
            "account": account,
        },
        "PATCH /properties/{property_id}": {"call_name": "Canal 12"},
        "POST /properties/{property_id}/pause": {"until": later},
        "POST /properties/{property_id}/contacts": {"name": "Bo", "phone": "+12025550106"},
        "PATCH /properties/{property_id}/contacts/{contact_id}": {"name": "Anna B."},
        "POST /sensor-connections": {"adapter": "generic", "account": account},
        "PATCH /sensor-connections/{connection_id}": {"enabled": True},
        "POST /sensor-connections/{connection_id}/rotate": {},
        "PATCH /sensors/{sensor_id}": {"name": "Hall"},
        "POST /stays": {"property": home, "check_in_at": soon, "check_out_at": later},
        "PATCH /stays/{stay_id}": {"language": "fr"},
        "POST /stays/{stay_id}/unflag-number": {"position": 1},
        "POST /consents": {
            "stay": seeds.scene.stay,
            "channel": "voice",
            "text": "You may ring me",
            "given_by": "host",
            "source": "mail of Monday",
        },
        "POST /incidents": {"property": home},
        "POST /incidents/{incident_id}/notes": {"note": "Sorry"},
        "POST /incidents/{incident_id}/false-alarm": {"kind": "other", "comment": "A test"},
        "POST /incidents/{incident_id}/share-links": {"days": 7, "label": "The neighbour"},
        "POST /incidents/{incident_id}/evidence": {"language": "fr"},
        "POST /digests": {"address": "more@example.com", "account": account},
        "PATCH /digests/{digest_id}": {"frequency": "monthly"},
        "POST /call-tasks/{task_id}/release": {"reason": "other"},
        "POST /call-tasks/{task_id}/hand-over": {"language": "fr"},
        "POST /call-tasks/{task_id}/note": {"note": "Sorry"},
        "POST /call-tasks/{task_id}/wrap-up": {"result": "guest_agreed"},
        "POST /presence": {"state": "available"},
        "POST /notification-channels": {
            "kind": "email",
            "address": "more@example.com",
            "account": account,
        },
        "PATCH /notification-channels/{channel_id}": {"language": "fr"},
        "POST /webhook-endpoints": {"url": "https://93.184.216.34/hook", "account": account},
        "PATCH /webhook-endpoints/{webhook_endpoint_id}": {"description": "House system"},
        "POST /pms-connections": {"vendor": "hostaway", "account": account},
        "PATCH /pms-connections/{pms_connection_id}": {"name": "Old port"},
        "POST /pms-connections/{pms_connection_id}/sync": {"everything": True},
        "PATCH /pms-connections/{pms_connection_id}/listings/{listing_id}": {"ignored": True},
    }
