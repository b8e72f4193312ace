"""Recordings: only their shape; there is no sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.twilio_server.reading import Element
from tests.twilio_server.shapes import rfc2822
from tests.twilio_server.webhooks import Webhook

if TYPE_CHECKING:
    from tests.twilio_server.calls import Call
    from tests.twilio_server.interpreter import Turn
    from tests.twilio_server.network import Network


def add_recording(turn: Turn, verb: Element, source: str, *, seconds: int) -> dict[str, Any]:
    """Keep a recording of the leg, and tell where that was asked."""
    call, network = turn.call, turn.exchange.network
    channels = 2 if verb.get("record").endswith("-dual") else 1
    resource = new_resource(network, call, source, seconds=seconds, channels=channels)
    call.recordings.append(resource)
    path = f"/2010-04-01/Accounts/{call.account_sid}"
    url = f"https://api.twilio.com{path}/Recordings/{resource['sid']}"
    if verb.get("recordingStatusCallback"):
        address = turn.address(verb.get("recordingStatusCallback"))
        network.notify(Webhook("recording", address, told(resource, url), call.sid))
    return {**resource, "url": url}


def new_resource(
    network: Network, call: Call, source: str, *, seconds: int, channels: int
) -> dict[str, Any]:
    """The recording's resource."""
    sid = network.new_sid("RE")
    path = f"/2010-04-01/Accounts/{call.account_sid}"
    return {
        "account_sid": call.account_sid,
        "api_version": "2010-04-01",
        "call_sid": call.sid,
        "conference_sid": None,
        "date_created": rfc2822(network.now()),
        "date_updated": rfc2822(network.now()),
        "start_time": rfc2822(network.now()),
        "duration": str(seconds),
        "sid": sid,
        "price": None,
        "price_unit": "USD",
        "uri": f"{path}/Calls/{call.sid}/Recordings/{sid}.json",
        "encryption_details": None,
        "status": "completed",
        "channels": channels,
        "source": source,
        "error_code": None,
        "track": "both",
    }


def told(resource: dict[str, Any], url: str) -> dict[str, str]:
    """What the status callback of a recording carries."""
    return {
        "AccountSid": resource["account_sid"],
        "CallSid": resource["call_sid"],
        "RecordingSid": resource["sid"],
        "RecordingUrl": url,
        "RecordingStatus": "completed",
        "RecordingDuration": resource["duration"],
        "RecordingChannels": str(resource["channels"]),
        "RecordingSource": resource["source"],
        "RecordingStartTime": resource["start_time"],
    }
