"""The simulated network's markup: what it is told to do next with a phone that it rang."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from callassist.errors import InvalidInput
from callassist.ports.telephony import AskKey, Connect, Document, HangUp, Step

_KINDS: dict[str, type[AskKey] | type[Connect] | type[HangUp]] = {
    "ask_key": AskKey,
    "connect": Connect,
    "hang_up": HangUp,
}
_LETTERS_A_SECOND = 15
BREATH_SECONDS = 1.0


def written(step: Step) -> Document:
    """The step as JSON."""
    kind = next(name for name, each in _KINDS.items() if isinstance(step, each))
    return Document(mimetype="application/json", body=json.dumps({"do": kind, **asdict(step)}))


def read(body: str) -> Step:
    """The step of a document; InvalidInput for anything else."""
    try:
        told: dict[str, Any] = json.loads(body)
        kind = _KINDS[told.pop("do")]
        if "then" in told:
            told["then"] = tuple(told["then"])
        return kind(**told)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidInput("expected a step: ask_key, connect or hang_up", "body") from None


def sentences(step: Step) -> tuple[str, ...]:
    """What the far end hears, once."""
    if isinstance(step, AskKey):
        return (step.say, *step.then)
    return (step.say,) if isinstance(step, HangUp) and step.say else ()


def spoken_seconds(*said: str) -> float:
    """How long it takes to say this, with a breath between."""
    return sum(max(1.0, len(each) / _LETTERS_A_SECOND) + BREATH_SECONDS for each in said)
