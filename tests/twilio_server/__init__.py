"""A Twilio-shaped server for tests: stateful, strict, on a real socket, with its own time.

Written from Twilio's published API (tests/data/twilio) and documentation, without a look at the
adapter that it tests; it imports nothing of ours. What a test needs is in `server.py`.

    with twilio_server(clock=clock) as server:
        server.route("https://desk.example", app)  # where the webhooks go
        server.far_end("+447700900123", "busy")
        ...                                        # the service dials through server.base_url
        server.advance(seconds=30)                 # time passes, callbacks arrive
    # leaving asserts that nobody broke the contract (server.violations is empty)
"""

from __future__ import annotations

from tests.twilio_server.account import Account, Hooks
from tests.twilio_server.far_ends import Behaviour, FarEnd
from tests.twilio_server.incoming import Leg
from tests.twilio_server.server import TwilioServer, twilio_server
from tests.twilio_server.softphone import TokenRefused

__all__ = [
    "Account",
    "Behaviour",
    "FarEnd",
    "Hooks",
    "Leg",
    "TokenRefused",
    "TwilioServer",
    "twilio_server",
]
