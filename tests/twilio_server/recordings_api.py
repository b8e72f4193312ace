"""Recordings over REST: begun on a call that goes on, ended with it, fetched and deleted."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from tests.twilio_server.calls import Call
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.problems import Refusal
from tests.twilio_server.recordings import new_resource, told
from tests.twilio_server.webhooks import Webhook

Arguments = dict[str, str]
SOUND = b"ID3 two people talk, each on a channel of their own "


class RecordingsApi:
    """Sounds by id; `deleted` keeps the ids of those that were asked to go."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.network = exchange.network
        self.sounds: dict[str, bytes] = {}
        self.deleted: list[str] = []
        self.keeps_deleted = False  # a network that says yes and does nothing
        self._report_to: dict[str, tuple[str, str]] = {}
        exchange.ended_listeners.append(self._over)

    def create(self, request: Request, arguments: Arguments) -> dict[str, Any]:
        call = self.exchange.by_sid.get(arguments["CallSid"])
        if call is None:
            raise Refusal(20404, request.path)
        if call.status != "in-progress":
            raise Refusal(21220, call.sid)
        channels = 2 if request.form.get("RecordingChannels") == "dual" else 1
        source = "StartCallRecordingAPI"
        resource = new_resource(self.network, call, source, seconds=0, channels=channels)
        resource |= {"status": "in-progress", "duration": None}
        call.recordings.append(resource)
        callback = request.form.get("RecordingStatusCallback", "")
        method = request.form.get("RecordingStatusCallbackMethod", "POST")
        self._report_to[resource["sid"]] = (callback, method)
        return resource

    def sound(self, sid: str) -> bytes | None:
        return self.sounds.get(sid)

    def delete(self, sid: str) -> bool:
        """False for one that is not there."""
        self.deleted.append(sid)
        if self.keeps_deleted:
            return True
        for call in self.exchange.calls:
            call.recordings = [one for one in call.recordings if one["sid"] != sid]
        return self.sounds.pop(sid, None) is not None

    def _over(self, call: Call) -> None:
        for resource in call.recordings:
            if resource["sid"] not in self._report_to or resource["status"] != "in-progress":
                continue
            resource |= {"status": "completed", "duration": str(call.duration)}
            self.sounds[resource["sid"]] = SOUND * 3000
            url, method = self._report_to[resource["sid"]]
            if url:
                address = f"https://elsewhere.example/{resource['sid']}"  # never to be asked
                form = told(resource, address)
                self.network.notify(Webhook("recording", url, form, call.sid, method=method))
