"""The whole service with a Twilio-shaped network on a real socket; time moves when told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.escalation.bridging import identity_of
from callassist.models import CallAttempt, Operator
from tests.twilio_server import Leg, TwilioServer
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, OWNER, Stage
from tests.web.world import World

PUBLIC_URL = "https://desk.example"
CALLER_ID = "+12025550100"
OPERATOR_PHONE = "+12025550177"


class TwilioWorld(World):
    """A service whose phone network is the server."""

    def __init__(
        self,
        database_url: str,
        directory: Path,
        clock: ManualClock,
        server: TwilioServer,
        **env: str,
    ) -> None:
        self.server = server
        account = server.account
        account.own(CALLER_ID)
        application = account.add_application(f"{PUBLIC_URL}/hooks/telephony/twilio/browser")
        key, secret = next(iter(account.api_keys.items()))
        layout = {
            "CALLASSIST_TWILIO_PATH_PREFIX": "/api/laml",
            "CALLASSIST_TWILIO_SIGNATURE_HEADER": "X-SignalWire-Signature",
            "CALLASSIST_TWILIO_SIGNING_KEY": account.signing_key,
        }
        super().__init__(
            database_url,
            directory,
            clock,
            CALLASSIST_TELEPHONY="twilio",
            CALLASSIST_PUBLIC_URL=PUBLIC_URL,
            CALLASSIST_TWILIO_ACCOUNT_SID=account.sid,
            CALLASSIST_TWILIO_AUTH_TOKEN=account.auth_token,
            CALLASSIST_TWILIO_API_KEY_SID=key,
            CALLASSIST_TWILIO_API_KEY_SECRET=secret,
            CALLASSIST_TWILIO_APPLICATION_SID=application.sid,
            CALLASSIST_TWILIO_CALLER_ID=CALLER_ID,
            CALLASSIST_TWILIO_BASE_URL=server.base_url.removesuffix("/api/laml"),
            **(layout if account.is_signalwire else {}),
            **env,
        )
        server.route(PUBLIC_URL, self.app)

    def run(self) -> None:
        """Everything that is due now, here and at the network."""
        while True:
            done = self.service.timers.run_due() + self.service.outbox.run_due()
            seen = len(self.server.webhooks)
            self.server.deliver()
            if not done and len(self.server.webhooks) == seen:
                return

    def pass_time(self, *, step: timedelta = timedelta(seconds=5), **span: float) -> None:
        super().pass_time(step=step, **span)


class TwilioStage:
    """Ann, who calls by `mode`, and a host who asks for a call."""

    ann: Browser
    owner: Browser

    def __init__(self, world: TwilioWorld, mode: str) -> None:
        self.world, self.server = world, world.server
        self.stage = Stage(world)
        with world.service.sessions.write() as session:
            operator = session.scalars(select(Operator).where(Operator.desk_name == "Ann")).one()
            operator.phone = world.service.vault.seal(OPERATOR_PHONE)
            operator.dial_mode = mode
            self.identity = identity_of(operator)

    def begin(self) -> TwilioStage:
        """Ann is there, and is offered the call."""
        self.ann, self.owner = self.stage.sign_in(ANN), self.stage.sign_in(OWNER)
        self.stage.available(self.ann)
        self.stage.call_about_home(self.owner)
        return self

    def guest_is(self, behaviour: str, **details: Any) -> None:
        """What the guest's phone does."""
        self.server.far_end("+12025550102", behaviour, **details)

    def operator_is(self, behaviour: str = "answers", **details: Any) -> None:
        """What Ann's own phone does."""
        self.server.far_end(OPERATOR_PHONE, behaviour, **{"talk": 3600, **details})

    def accept(self) -> None:
        self.ann.post(f"/desk/tasks/{self.stage.task().public_id}/accept")

    def press_call(self) -> None:
        answer = self.ann.post(f"/desk/tasks/{self.stage.task_of('Ann').public_id}/dial")
        assert answer.status_code == 302, answer.text
        self.world.run()

    def browser_connects(self) -> Leg:
        """What the page's softphone does after call was pressed."""
        bridge = self.world.service.telephony.bridge
        assert bridge is not None
        grant = bridge.softphone_grant(self.identity)
        return self.server.browser_call(grant.token, {"attempt": self.attempt().public_id})

    def attempt(self) -> CallAttempt:
        return self.attempts()[-1]

    def attempts(self) -> list[CallAttempt]:
        with self.world.service.sessions.read() as session:
            return list(session.scalars(select(CallAttempt).order_by(CallAttempt.id)))

    def until_ended(self, most: timedelta = timedelta(minutes=6)) -> CallAttempt:
        """Let time pass until the dial has ended."""
        end: datetime = self.world.clock.now() + most
        while self.attempt().state != "ended":
            assert self.world.clock.now() < end, f"still {self.attempt().state}"
            self.world.pass_time(seconds=5)
            self.ann.post("/desk/beat")
        return self.attempt()

    def save(self, result: str) -> None:
        task = self.stage.task_of("Ann")
        answer = self.ann.post(f"/desk/tasks/{task.public_id}/result", result=result)
        assert answer.status_code == 302, answer.text
        self.world.run()
