"""Twilio's published API, and what it leaves open closed again.

`read_spec` gives the official description with these changes, each one on purpose:

1. `servers` is any host, since ours is no api.twilio.com.
2. Forms of POST take no field that is not described (`additionalProperties: false`).
   openapi-core drops unknown fields before it validates, so `breaches_of_form` checks this
   itself; it also refuses a field twice that is no list.
3. A call needs exactly one of Url, Twiml and ApplicationSid (`x-exactly-one`, which
   `breaches_of_form` reads: as a `oneOf` it makes every request take twice as long);
   Twiml has 4000 characters at most.
4. Events, MachineDetection, AsyncAmd and Trim are enumerations.
5. `To` of a call is E.164, `client:` or `sip:`; `From` too. `To` of a message is E.164.
6. Addresses of pages (`next_page_uri`) are relative, although the description says `uri`.
7. Lookup may answer null for a package, and for a field of one, as its own examples do.
8. With UUIDs for SIDs (SignalWire) the patterns of SIDs take those.
9. A recording's sound (`GET Recordings/{Sid}.mp3`: 200 audio/mpeg, or 404) and its end
   (`DELETE Recordings/{Sid}.json`: 204 without a body, or 404) are not in the reduced description;
   `api.py` answers them as https://www.twilio.com/docs/voice/api/recording says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data" / "twilio"
FORM = "application/x-www-form-urlencoded"
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
ENDPOINT = r"^(\+[1-9]\d{1,14}|client:[A-Za-z0-9_]{1,121}|sips?:[^@\s]+@\S+)$"
E164 = r"^\+[1-9]\d{1,14}$"
EVENTS = ["initiated", "ringing", "answered", "completed"]
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

Spec = dict[str, Any]


def read_spec(name: str, *, uuids: bool = False) -> Spec:
    """`api` or `lookups`."""
    file = {"api": "twilio_api_v2010", "lookups": "twilio_lookups_v2"}[name]
    spec: Spec = json.loads((DATA / f"{file}.reduced.json").read_text(encoding="utf-8"))
    for path in spec["paths"].values():
        path.pop("servers", None)
    spec["servers"] = [{"url": "/"}]
    for schema in _forms(spec):
        schema["additionalProperties"] = False
    if name == "api":
        _close_calls(spec)
        _close_messages(spec)
    else:
        _let_packages_be_null(spec)
    _let_pages_be_relative(spec)
    if uuids:
        _let_sids_be_uuids(spec)
    return spec


def form_schema(spec: Spec, path: str) -> Spec:
    """The form of `POST path`."""
    found: Spec = spec["paths"][path]["post"]["requestBody"]["content"][FORM]["schema"]
    return found


def breaches_of_form(schema: Spec, form: dict[str, list[str]]) -> list[str]:
    """What openapi-core cannot see: fields that nobody described, or twice, or too many."""
    known = schema["properties"]
    found = [f"unknown field {name}" for name in form if name not in known]
    found += [
        f"{name} is given {len(values)} times"
        for name, values in form.items()
        if len(values) > 1 and known.get(name, {}).get("type") != "array"
    ]
    choices = schema.get("x-exactly-one", [])
    if choices and sum(name in form for name in choices) != 1:
        found.append(f"exactly one of {', '.join(choices)} is needed")
    return found


def _close_calls(spec: Spec) -> None:
    create = form_schema(spec, f"{ACCOUNT}/Calls.json")
    create["x-exactly-one"] = ["Url", "Twiml", "ApplicationSid"]
    fields = create["properties"]
    fields["To"]["pattern"] = fields["From"]["pattern"] = ENDPOINT
    fields["Twiml"]["maxLength"] = 4000
    fields["StatusCallbackEvent"]["items"]["enum"] = EVENTS
    fields["MachineDetection"]["enum"] = ["Enable", "DetectMessageEnd"]
    fields["AsyncAmd"]["enum"] = ["true", "false"]
    fields["Trim"]["enum"] = ["trim-silence", "do-not-trim"]
    fields["Timeout"] |= {"minimum": 1, "maximum": 600}
    fields["TimeLimit"] |= {"minimum": 1, "maximum": 86400}
    update = form_schema(spec, f"{ACCOUNT}/Calls/{{Sid}}.json")["properties"]
    update["Twiml"]["maxLength"] = 4000


def _close_messages(spec: Spec) -> None:
    fields = form_schema(spec, f"{ACCOUNT}/Messages.json")["properties"]
    fields["To"]["pattern"] = E164
    fields["Body"]["minLength"] = 1


def _let_packages_be_null(spec: Spec) -> None:
    for schema in spec["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema["nullable"] = True
        for field in schema.get("properties", {}).values():
            if "$ref" not in field:
                field["nullable"] = True


def _let_pages_be_relative(spec: Spec) -> None:
    for schema in _dicts(spec):
        for name, field in schema.items():
            if isinstance(field, dict) and field.get("format") == "uri" and name.endswith("uri"):
                field["format"] = "uri-reference"


def _let_sids_be_uuids(spec: Spec) -> None:
    for schema in _dicts(spec):
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and pattern.endswith("[0-9a-fA-F]{32}$"):
            schema["pattern"] = f"({pattern}|^{UUID}$)"
            schema["maxLength"] = 36


def _forms(spec: Spec) -> Iterator[Spec]:
    for path in spec["paths"]:
        if "post" in spec["paths"][path] and "requestBody" in spec["paths"][path]["post"]:
            yield form_schema(spec, path)


def _dicts(value: Any) -> Iterator[Spec]:
    """Every object in the description, the outermost first."""
    if isinstance(value, dict):
        yield value
        for inside in value.values():
            yield from _dicts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _dicts(inside)
