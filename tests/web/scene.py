"""A firm with a home, a guest and a desk of its own, set up through the API."""

from __future__ import annotations

from datetime import timedelta

from callassist.web.api.fields import write_instant
from tests.web.world import GUEST, HOST, World


class Scene:
    """Tokens and ids of one firm; names can be given to find them again."""

    def __init__(
        self, world: World, name: str = "Seaside Homes", guest: str = "Robin Example"
    ) -> None:
        now = world.clock.now()
        later, tomorrow = write_instant(now), write_instant(now + timedelta(days=1))
        self.account = world.post("/accounts", world.admin, {"name": name})["id"]
        self.host = _token(world, scope="host", account=self.account)
        self.home = world.post(
            "/properties",
            self.host,
            {
                "name": f"{name} flat",
                "timezone": "Europe/Paris",
                "country": "FR",
                "host_spoken_name": "Maria",
                "call_name": "Canal 12",
            },
        )["id"]
        self.contact = world.post(
            f"/properties/{self.home}/contacts", self.host, {"name": "Anna", "phone": HOST}
        )["id"]
        self.stay = world.post(
            "/stays",
            self.host,
            {
                "property": self.home,
                "check_in_at": later,
                "check_out_at": tomorrow,
                "guest_name": guest,
                "language": "en",
                "numbers": [GUEST],
            },
        )["id"]
        self.channel = world.post(
            "/notification-channels",
            self.host,
            {"kind": "email", "address": f"{name.split()[0].lower()}@example.com"},
        )["id"]
        operator = world.post(
            "/operators",
            self.host,
            {"name": "Ann Test", "desk_name": "Ann", "languages": ["en", "fr"]},
        )
        self.operator_id, self.desk = operator["id"], operator["desk"]
        self.shift = world.post(
            "/shifts",
            self.host,
            {"operator": self.operator_id, "starts_at": later, "ends_at": tomorrow},
        )["id"]
        self.operator = _token(world, scope="operator", operator=self.operator_id)
        self.supervisor = _token(world, scope="supervisor", desk=self.desk)


def _token(world: World, **place: str) -> str:
    return str(world.post("/tokens", world.admin, place)["token"])
