"""Choosing the fields of a connection's messages by the last one that came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from callassist.accounts.samples import Sample
from callassist.errors import InvalidInput
from callassist.ports.sensors import AT_ARRIVAL, ParsedReading, Refused, UnknownEvent
from callassist.sensors.field_paths import find, leaves, parse_path
from callassist.sensors.fields import PATHS
from callassist.sensors.registry import ADAPTERS
from callassist.web.pages.forms import Form
from callassist.web.pages.host.connections import typed_number

CHOOSERS = ("generic", "mqtt", "tuya")
_LONGEST_VALUE = 40
_MOST_LISTS = 20

Option = tuple[str, str]  # the path, and the path with what stands there


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a host can choose from: fields of the last message, and lists in it."""

    fields: Sequence[Option]
    lists: Sequence[Option]


@dataclass(frozen=True, kw_only=True)
class Read:
    """One reading as it would be taken, or why it would not."""

    sensor: str = ""
    at: datetime | None = None
    level_db: float | None = None
    kind: str = ""
    ignored: str = ""
    refused: str = ""


def readable(sample: Sample | None) -> str:
    """The message with line breaks, where it is JSON."""
    if sample is None:
        return ""
    try:
        return json.dumps(json.loads(sample.body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return sample.body


def choices_of(adapter: str, sample: Sample, each: str) -> Choices | None:
    """The fields of the last message, or of the first item of the chosen list."""
    body = _message(adapter, sample)
    if body is None:
        return None
    if adapter == "tuya":
        return Choices(fields=_codes(body), lists=())
    lists = [(path, path) for path in _lists(body, "")[:_MOST_LISTS]]
    if each:
        items = _found(body, each)
        body = items[0] if isinstance(items, list) and items else {}
    return Choices(
        fields=[(one.path, _shown(one.path, one.value)) for one in leaves(body)], lists=lists
    )


def form_of(adapter: str, options: Mapping[str, Any]) -> Form:
    """What is chosen now."""
    chosen = options.get("fields")
    kept: Mapping[str, Any] = chosen if isinstance(chosen, dict) else {}
    own = options if adapter == "tuya" else {**options, **kept}
    names = ("field", "sensor", "sensor_is", "scale", *PATHS)
    values = {
        name: f"{own[name]:g}" if name == "scale" else str(own[name])
        for name in names
        if own.get(name)
    }
    for name in ("loud", "quiet"):
        values[name] = ", ".join(kept.get(name) or [])
    return Form(values, prefix="fields-")


def options_of(adapter: str, options: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The connection's options with what was chosen; the rest of them stay."""
    names = ("field", "sensor", "scale") if adapter == "tuya" else ("fields", "scale")
    changed = {name: value for name, value in options.items() if name not in names}
    if adapter == "tuya":
        return (
            changed
            | {name: form[name].strip() for name in ("field", "sensor") if form.has(name)}
            | _scale(form)
        )
    paths = {name: form[name].strip() for name in PATHS if form.has(name)}
    if not paths:
        return changed | (_scale(form) if adapter == "mqtt" else {})
    words = {
        name: [word.strip() for word in form[name].split(",") if word.strip()]
        for name in ("loud", "quiet")
        if form.has(name)
    }
    named = {"sensor_is": form["sensor_is"].strip()} if form.has("sensor_is") else {}
    return changed | {"fields": {**paths, **named, **words, **_scale(form)}}


def would_read(adapter: str, sample: Sample, options: Mapping[str, Any]) -> list[Read]:
    """What the last message would be taken for."""
    try:
        found = ADAPTERS[adapter].parse(
            sample.body.encode(), "application/json", _NoHeaders(), options
        )
    except Refused as refused:
        return [Read(refused=refused.detail)]
    except InvalidInput as refused:
        return [Read(refused=refused.detail)]
    return [_read(one, sample.at) for one in found[:10]]


class _NoHeaders:
    def get(self, name: str, /) -> str | None:
        return None


def _read(one: ParsedReading | UnknownEvent, arrived_at: datetime) -> Read:
    if isinstance(one, UnknownEvent):
        return Read(ignored=one.reason)
    return Read(
        sensor=one.sensor,
        at=arrived_at if one.at is AT_ARRIVAL else one.at,
        level_db=one.level_db,
        kind=one.kind,
    )


def _scale(form: Form) -> dict[str, float]:
    return {"scale": typed_number(form, "scale")} if form.has("scale") else {}


def _message(adapter: str, sample: Sample) -> object:
    """The decoded message; of a broker's the payload. None when it is no JSON."""
    try:
        body = msgspec.json.decode(sample.body.encode())
        if adapter == "mqtt" and isinstance(body, dict):
            payload = body.get("payload")
            body = msgspec.json.decode(payload) if isinstance(payload, str) else payload
    except (msgspec.DecodeError, RecursionError):
        return None
    return body if isinstance(body, dict | list) else None


def _codes(body: object) -> list[Option]:
    """Tuya's codes or points with their values."""
    for name in ("status", "result", "properties", "dps"):
        items = body.get(name) if isinstance(body, dict) else None
        if isinstance(items, dict):
            return [(code, _shown(code, value)) for code, value in items.items()]
        if isinstance(items, list):
            pairs = [one for one in items if isinstance(one, dict)]
            named = [
                (one.get("code", one.get("dpId", one.get("dp_id", one.get("dp")))), one)
                for one in pairs
            ]
            return [
                (str(code), _shown(str(code), one.get("value")))
                for code, one in named
                if code is not None
            ]
    return []


def _lists(value: object, path: str) -> list[str]:
    found = []
    if isinstance(value, dict) and path.count(".") < 5:
        for name, inner in value.items():
            if name and not set(name) & set(".[]"):
                found += _lists(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and path and value and isinstance(value[0], dict):
        found.append(path)
    return found


def _found(body: object, path: str) -> object:
    try:
        return find(body, parse_path(path, "each"))
    except InvalidInput:
        return None


def _shown(path: str, value: object) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return f"{path} = {said if len(said) <= _LONGEST_VALUE else said[:_LONGEST_VALUE] + '…'}"
