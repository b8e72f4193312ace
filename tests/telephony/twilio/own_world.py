"""A service with its own Twilio account, and a host who brings another: two networks, two bills."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import PUBLIC_URL, TwilioStage, TwilioWorld
from tests.twilio_server import TwilioServer, twilio_server
from tests.web.pages.browser import Browser

OWN_NUMBER = "+12025550111"
PAGE = "/account/phone"


class OwnWorld(TwilioWorld):
    """Both networks report here."""

    own: TwilioServer

    def run(self) -> None:
        while True:
            done = self.service.timers.run_due() + self.service.outbox.run_due()
            seen = len(self.server.webhooks) + len(self.own.webhooks)
            self.server.deliver()
            self.own.deliver()
            if not done and len(self.server.webhooks) + len(self.own.webhooks) == seen:
                return


class OwnStage(TwilioStage):
    """The owner types the second account in."""

    world: OwnWorld

    @property
    def own(self) -> TwilioServer:
        return self.world.own

    def bring(self, browser: Browser | None = None, /, **typed: str) -> TestResponse:
        account = self.own.account
        form = {"kind": account.layout, "account_sid": account.sid, "caller_id": OWN_NUMBER}
        form["auth_token"] = account.auth_token
        if account.is_signalwire:
            form |= {"space": "seaside", "signing_key": account.signing_key}
        return (browser or self.owner).post(PAGE, **{**form, **typed})

    def guest_is_on_own(self, behaviour: str, **details: Any) -> None:
        self.own.far_end("+12025550102", behaviour, **details)


@contextmanager
def own_stage(
    databases: SqliteDatabases, folder: Path, clock: ManualClock, layout: str = "twilio"
) -> Iterator[OwnStage]:
    with (
        twilio_server(layout="twilio", clock=clock) as server,
        twilio_server(layout=layout, clock=clock) as own,
    ):
        own.account.own(OWN_NUMBER)
        base = own.base_url.removesuffix("/api/laml")
        world = OwnWorld(
            databases.create(folder),
            folder,
            clock,
            server,
            CALLASSIST_TWILIO_ACCOUNTS_BASE_URL=base,
        )
        world.own = own
        own.route(PUBLIC_URL, world.app)
        try:
            stage = OwnStage(world, "own_phone")
            own.far_end("+12025550177", "answers", talk=3600, presses="1")
            yield stage
        finally:
            world.close()
