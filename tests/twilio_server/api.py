"""The REST face: door, faults, contract, and the resource that answers."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from tests.twilio_server.calls_api import CallsApi
from tests.twilio_server.contract import Contract
from tests.twilio_server.exchange import Exchange
from tests.twilio_server.faults import RestFault, RestFaults
from tests.twilio_server.interpreter import Interpreter
from tests.twilio_server.lookups_api import LookupsApi
from tests.twilio_server.messages import TextNetwork
from tests.twilio_server.messages_api import MessagesApi
from tests.twilio_server.problems import Refusal
from tests.twilio_server.recordings_api import RecordingsApi
from tests.twilio_server.resources_api import ResourcesApi

SIGNALWIRE_PREFIX = "/api/laml"
A = "/2010-04-01/Accounts/{AccountSid}"
PAGE_OF_A_PROXY = "<html><body><h1>502 Bad Gateway</h1></body></html>"

Handler = Callable[[Request, dict[str, str]], Any]


@dataclass
class Asked:
    """One request to the API, for tests to look at."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, list[str]]
    at: datetime
    status: int = 0
    fault: str = ""
    code: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """A WSGI app."""

    def __init__(
        self, exchange: Exchange, texts: TextNetwork, interpreter: Interpreter, faults: RestFaults
    ) -> None:
        self.network = exchange.network
        self.faults = faults
        self.requests: list[Asked] = []
        signalwire = self.network.account.is_signalwire
        self.prefix = SIGNALWIRE_PREFIX if signalwire else ""
        self.contract = Contract(uuids=signalwire)
        self.calls = calls = CallsApi(exchange, interpreter, self.prefix)
        messages = MessagesApi(texts, self.prefix)
        others = ResourcesApi(self.network, self.prefix)
        self.recordings = RecordingsApi(exchange)
        self.lookups = LookupsApi(self.network)
        self._handlers: dict[tuple[str, str], Handler] = {
            ("POST", f"{A}/Calls.json"): calls.create,
            ("GET", f"{A}/Calls.json"): calls.list,
            ("GET", f"{A}/Calls/{{Sid}}.json"): calls.fetch,
            ("POST", f"{A}/Calls/{{Sid}}.json"): calls.update,
            ("GET", f"{A}/Calls/{{CallSid}}/Recordings.json"): calls.recordings,
            ("POST", f"{A}/Calls/{{CallSid}}/Recordings.json"): self.recordings.create,
            ("POST", f"{A}/Messages.json"): messages.create,
            ("GET", f"{A}/Messages.json"): messages.list,
            ("GET", f"{A}/Messages/{{Sid}}.json"): messages.fetch,
            ("GET", "/2010-04-01/Accounts/{Sid}.json"): others.account,
            ("GET", f"{A}/Balance.json"): others.balance,
            ("GET", f"{A}/Applications.json"): others.applications,
            ("GET", f"{A}/IncomingPhoneNumbers.json"): others.numbers,
            ("GET", f"{A}/IncomingPhoneNumbers/{{Sid}}.json"): others.number,
            ("POST", f"{A}/IncomingPhoneNumbers/{{Sid}}.json"): others.update_number,
            ("GET", f"{A}/OutgoingCallerIds.json"): others.caller_ids,
        }
        if not signalwire:
            self._handlers["GET", "/v2/PhoneNumbers/{PhoneNumber}"] = self.lookups.fetch
        # the reduced description leaves these two out: see 9 in overlay.py
        sounds = (("GET", SOUND_PATH), ("DELETE", RECORDING_PATH))
        self._map = Map(
            [
                Rule(_as_rule(path), methods=[method], endpoint=path)
                for method, path in (*self._handlers, *sounds)
            ]
        )

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data()  # kept, since the form and the contract both read it
        asked = self._note(request)
        fault = self.faults.for_request(f"{request.method} {request.path}")
        asked.fault = fault.kind if fault else ""
        response = self._spoilt(fault, request) or self._respond(request, asked)
        asked.status = response.status_code
        if fault is not None and fault.kind == "error_after":
            response = _html(fault.status)
        if fault is not None and fault.kind in ("request_lost", "reply_lost"):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return response(environ, start_response)

    def _note(self, request: Request) -> Asked:
        asked = Asked(
            method=request.method,
            path=request.path,
            query=request.args.to_dict(),
            form={name: request.form.getlist(name) for name in request.form},
            at=self.network.now(),
            headers=dict(request.headers.items()),
        )
        with self.network.lock:
            self.requests.append(asked)
        return asked

    def _spoilt(self, fault: RestFault | None, request: Request) -> Response | None:
        """The answer to a request that is not worked on at all."""
        if fault is None:
            return None
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return None
        if fault.kind == "error":
            return _problem(Refusal(20500, status=fault.status))
        if fault.kind == "refuse":
            return _problem(Refusal(fault.code))
        if fault.kind == "html":
            return _html(fault.status)
        if fault.kind == "too_many":
            response = _problem(Refusal(20429))
            if fault.retry_after is not None:
                response.headers["Retry-After"] = str(fault.retry_after)
            return response
        return Response(status=204) if fault.kind == "request_lost" else None

    def _respond(self, request: Request, asked: Asked) -> Response:
        try:
            return self._answer(self._without_prefix(request))
        except Refusal as refusal:
            asked.code = refusal.code
            return _problem(refusal)
        except Exception as error:  # a fault of this server must not look like one of Twilio's
            self.network.violated(f"the server itself failed at {request.path}: {error!r}")
            return _problem(Refusal(20500))

    def _of_a_sound(self, method: str, sid: str) -> Response:
        with self.network.lock:
            if method == "DELETE":
                if not self.recordings.delete(sid):
                    raise Refusal(20404, sid)
                return Response(status=204)
            sound = self.recordings.sound(sid)
        if sound is None:
            raise Refusal(20404, sid)
        return Response(sound, content_type="audio/mpeg")

    def _without_prefix(self, request: Request) -> Request:
        if not self.prefix:
            return request
        path = request.path
        if not path.startswith(self.prefix + "/") or path.startswith(self.prefix * 2):
            self.network.violated(f"{path} is not under {self.prefix}")
            raise Refusal(20404, path)
        body = io.BytesIO(request.get_data())
        inner = path.removeprefix(self.prefix)
        return Request({**request.environ, "PATH_INFO": inner, "wsgi.input": body})

    def _answer(self, request: Request) -> Response:
        where = f"{request.method} {request.path}"
        try:
            template, arguments = self._map.bind_to_environ(request.environ).match()
        except HTTPException as error:
            self.network.violated(f"{where}: no such address")
            raise Refusal(20404, request.path) from error
        authorization = request.authorization
        user, password = (
            (authorization.username, authorization.password) if authorization else (None, None)
        )
        if not self.network.account.admits(user, password):
            raise Refusal(20003)
        account_sid = arguments.get("AccountSid", self.network.account.sid)
        if template in (SOUND_PATH, RECORDING_PATH) and account_sid == self.network.account.sid:
            return self._of_a_sound(request.method, arguments["Sid"])
        if account_sid != self.network.account.sid:
            raise Refusal(20404, request.path)
        breaches = self.contract.breaches_of_request(request, template)
        if breaches:
            for breach in breaches:
                self.network.violated(f"{where}: {breach}")
            raise _refused(request, breaches)
        with self.network.lock:
            result = self._handlers[request.method, template](request, dict(arguments))
        status = (
            201 if template.endswith(("/Calls.json", "/Messages.json", "/Recordings.json")) else 200
        )
        response = _json(result, status if request.method == "POST" else 200)
        for breach in self.contract.breaches_of_response(request, response):
            self.network.violated(f"our own answer to {where}: {breach}")
        return response


SOUND_PATH = f"{A}/Recordings/{{Sid}}.mp3"
RECORDING_PATH = f"{A}/Recordings/{{Sid}}.json"


def _refused(request: Request, breaches: list[str]) -> Refusal:
    """The code that Twilio has for this, else 20001."""
    for name, code in (("To", 21211), ("From", 21212)):
        if any(breach.startswith(f"{name}: ") for breach in breaches):
            return Refusal(code, request.form.get(name, ""))
    return Refusal(20001, "; ".join(breaches))


def _as_rule(template: str) -> str:
    return template.replace("{", "<").replace("}", ">")


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _problem(refusal: Refusal) -> Response:
    response = _json(refusal.body(), refusal.status)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _html(status: int) -> Response:
    return Response(PAGE_OF_A_PROXY, status, content_type="text/html")
