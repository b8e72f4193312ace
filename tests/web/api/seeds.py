"""One of everything, so that every path of the API leads somewhere."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callassist.accounts.people import find_account
from callassist.domain.viewer import Viewer
from callassist.models import (
    Incident,
    NeedsYou,
    PmsListing,
    Report,
    WebhookEndpoint,
)
from callassist.pms_sync.connections import Tried, connect
from callassist.ports.pms import Verified
from callassist.ports.texting import IncomingText
from callassist.web.api.fields import write_instant
from callassist.web.api.routing import Scope
from tests.web.scene import Scene
from tests.web.world import GUEST, World

ADMIN = Viewer(name="the test", is_admin=True)


class Seeds:
    """A firm with everything; `ids` by the names of path parameters, `tokens` by scope."""

    def __init__(self, world: World, name: str = "Seaside Homes", guest: str = "Robin") -> None:
        self.world = world
        self.scene = scene = Scene(world, name, guest)
        self.tokens = {
            Scope.HOST: scene.host,
            Scope.OPERATOR: scene.operator,
            Scope.SUPERVISOR: scene.supervisor,
            Scope.ADMIN: world.admin,
        }
        self.ids = {
            "account_id": scene.account,
            "person_id": self._person(name),
            "token_id": self._token(),
            "desk_id": scene.desk,
            "agreement_id": self._agreement(),
            "operator_id": scene.operator_id,
            "shift_id": scene.shift,
            "duty_span_id": self._duty(),
            "policy_id": self._made("/policies", {"name": "Strict", "rules": {}}),
            "property_id": scene.home,
            "contact_id": scene.contact,
            "connection_id": self._made("/sensor-connections", {"adapter": "generic"}),
            "sensor_id": "",
            "stay_id": scene.stay,
            "consent_id": self._consent(),
            "incident_id": "",
            "note_id": "",
            "reply_id": "",
            "share_link_id": "",
            "digest_id": self._made("/digests", {"address": "owner@example.com"}),
            "invitation_id": self._invitation(),
            "alarm_id": "",
            "task_id": "",
            "report_id": "",
            "channel_id": scene.channel,
            "pms_connection_id": "",
            "listing_id": "",
            "webhook_endpoint_id": "",
            "webhook_delivery_id": "",
        }
        self.ids["sensor_id"] = self._sensor()
        self.ids["pms_connection_id"], self.ids["listing_id"] = self._system(name)
        self._webhook()
        self._incident()

    def _made(self, path: str, body: object) -> str:
        return str(self.world.post(path, self.scene.host, body)["id"])

    def _person(self, name: str) -> str:
        email = f"viewer@{name.split()[0].lower()}.example.com"
        return self._made("/users", {"email": email, "role": "viewer"})

    def _invitation(self) -> str:
        return self._made("/invitations", {"email": "asked@example.com", "role": "manager"})

    def _token(self) -> str:
        body = {"scope": "host", "account": self.scene.account}
        return str(self.world.post("/tokens", self.scene.host, body)["id"])

    def _agreement(self) -> str:
        body = {"desk": self.scene.desk, "account": self.scene.account}
        return str(self.world.post("/service-agreements", self.world.admin, body)["id"])

    def _duty(self) -> str:
        now = self.world.clock.now()
        body = {
            "name": "Anna",
            "phone": "+12025550104",
            "starts_at": write_instant(now),
            "ends_at": write_instant(now + timedelta(hours=12)),
        }
        return self._made("/duty-spans", body)

    def _consent(self) -> str:
        body = {
            "stay": self.scene.stay,
            "channel": "sms",
            "text": "You may text me",
            "given_by": "booking",
            "source": "house rules",
        }
        return self._made("/consents", body)

    def _sensor(self) -> str:
        made = self.world.post(
            "/sensor-connections", self.scene.host, {"adapter": "generic", "signed": False}
        )
        reading = {"sensor": "s1", "at": write_instant(self.world.clock.now()), "level_db": 50.0}
        path = made["hook_url"].removeprefix("http://127.0.0.1:8000")
        answer = self.world.client.post(path, json=reading)
        assert answer.status_code == 202
        sensor = self.world.get("/sensors", self.scene.host)["items"][0]["id"]
        self.world.ask(
            "PATCH", f"/sensors/{sensor}", self.scene.host, {"property": self.scene.home}
        )
        return str(sensor)

    def _system(self, name: str) -> tuple[str, str]:
        """A booking system that was verified, with one listing."""
        now = self.world.clock.now()
        with self.world.service.sessions.write() as session:
            account = find_account(session, ADMIN, self.scene.account)
            made = connect(
                session,
                self.world.service.vault,
                ADMIN,
                account.id,
                vendor="smoobu",
                credentials={"api_key": "a-secret"},
                tried=Tried(verified=Verified(account=name)),
                now=now,
            )
            listing = PmsListing(
                account_id=account.id,
                connection_id=made.id,
                external_id="L1",
                name=f"Loft of {name}",
                seen_at=now,
                created_at=now,
            )
            session.add(listing)
            session.flush()
            return made.public_id, listing.public_id

    def _webhook(self) -> None:
        """An endpoint whose name leads inside by now, so that nothing leaves this machine."""
        made = self._made("/webhook-endpoints", {"url": "https://93.184.216.34/hook"})
        service = self.world.service
        with service.sessions.write() as session:
            query = select(WebhookEndpoint).where(WebhookEndpoint.public_id == made)
            session.scalars(query).one().url = service.vault.seal("https://127.0.0.1:9/hook")
        self.ids["webhook_endpoint_id"] = made
        self.ids["webhook_delivery_id"] = self._made(f"/webhook-endpoints/{made}/test", {})

    def _incident(self) -> None:
        """One closed by hand, with report and alarm; a second is being called about."""
        world, scene = self.world, self.scene
        body = {"property": scene.home, "complaint": "The neighbour rang"}
        first = world.post("/incidents", scene.host, body)["id"]
        world.run()
        world.post(f"/incidents/{first}/cancel", scene.host)
        world.run()
        self.ids["share_link_id"] = self._made(f"/incidents/{first}/share-links", {"days": 7})
        self.ids["incident_id"] = world.post("/incidents", scene.host, body)["id"]
        note = f"/incidents/{self.ids['incident_id']}/notes"
        self.ids["note_id"] = self._made(note, {"note": "Called the neighbour"})
        text = IncomingText(
            text_id=f"TXT-{self.ids['incident_id']}", sender=GUEST, body="We are sorry"
        )
        world.service.record_inbound_text("simulated", text, world.clock.now())
        replies = world.get(f"/incidents/{self.ids['incident_id']}/replies", scene.host)
        self.ids["reply_id"] = replies["items"][0]["id"]
        world.post("/presence", scene.operator, {"state": "available"})
        world.run()
        self.ids["task_id"] = world.get("/call-tasks", scene.operator)["items"][0]["id"]
        with world.service.sessions.write() as session:
            incident = session.scalars(
                select(Incident).where(Incident.public_id == self.ids["incident_id"])
            ).one()
            alarm = NeedsYou(
                account_id=incident.account_id,
                incident_id=incident.id,
                property_id=incident.property_id,
                key=f"seed {incident.public_id}",
                reason="still_loud",
                facts={},
                opened_at=world.clock.now(),
            )
            session.add(alarm)
            session.flush()
            self.ids["alarm_id"] = alarm.public_id
            self.ids["report_id"] = session.scalars(
                select(Report.public_id).where(Report.account_id == incident.account_id)
            ).one()
