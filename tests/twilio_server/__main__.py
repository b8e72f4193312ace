"""The server as a process of its own: for proofs, measurements and a look by hand.

    python -m tests.twilio_server --public https://desk.example --local http://127.0.0.1:8000

Prints one line of JSON with everything a service needs to be pointed here. Who picks up is
written in the number (see far_ends.py). Ends on SIGTERM or SIGINT: prints what happened, and
fails when somebody broke the contract.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading

from tests.twilio_server.server import TwilioServer, twilio_server


def main() -> int:
    given = _arguments()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with twilio_server(
        layout=given.layout,
        real_time=True,
        speed=given.speed,
        port=given.port,
        violations_expected=True,
    ) as server:
        server.account.calls_per_second = given.calls_per_second or None
        if given.reply_lost:
            server.rest_faults.share("reply_lost", given.reply_lost, matching="POST .*/Calls")
        server.webhook_faults(lose=given.callbacks_lost)
        for number in given.presses_1:
            server.far_end(number, "answers", presses="1")
        server.route(given.public, given.local)
        print(json.dumps(_credentials(server, given)), flush=True)
        stop.wait()
    print(json.dumps(_what_happened(server)), flush=True)
    return 1 if server.violations else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.twilio_server")
    parser.add_argument("--public", required=True, help="the service's public address")
    parser.add_argument("--local", required=True, help="where it listens here")
    parser.add_argument("--layout", choices=["twilio", "signalwire"], default="twilio")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--calls-per-second", type=float, default=1.0, help="0: no queue")
    parser.add_argument("--reply-lost", type=float, default=0.0, help="share of call creations")
    parser.add_argument("--callbacks-lost", type=float, default=0.0, help="share of callbacks")
    parser.add_argument("--presses-1", action="append", default=[], help="a phone that does so")
    for name, where in (
        ("browser", "the application's voice request URL"),
        ("incoming", "where calls to the number are asked about"),
        ("text", "where texts to the number are posted"),
    ):
        parser.add_argument(f"--{name}-url", default="", help=f"{where}, as in the console")
    return parser.parse_args()


def _credentials(server: TwilioServer, given: argparse.Namespace) -> dict[str, str]:
    account = server.account
    application = account.add_application(given.browser_url or f"{given.public}/")
    for number in account.numbers.values():
        number.voice_url, number.sms_url = given.incoming_url, given.text_url
    key, secret = next(iter(account.api_keys.items()))
    return {
        "base_url": server.base_url,
        "account_sid": account.sid,
        "auth_token": account.auth_token,
        "signing_key": account.signing_key,
        "api_key_sid": key,
        "api_key_secret": secret,
        "application_sid": application.sid,
        "number": next(iter(account.numbers)),
    }


def _what_happened(server: TwilioServer) -> dict[str, object]:
    return {
        "calls": [
            {"to": call.to, "status": call.status, "parent": call.parent and call.parent.sid}
            for call in server.calls
        ],
        "messages": len(server.messages),
        "requests": len(server.requests),
        "webhooks": len(server.webhooks),
        "alerts": server.alerts,
        "violations": server.violations,
    }


if __name__ == "__main__":
    sys.exit(main())
