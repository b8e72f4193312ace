"""Parts of a report in words: sentence, figures, tables, lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callassist.domain.results import AttemptOutcome
from callassist.reports.display_text import isolated
from callassist.reports.words import Words

Body = Mapping[str, Any]  # JSON as stored
Row = list[str]

ATTEMPT_COLUMNS = ("number", "party", "dialled", "ended", "talk", "result", "operator", "phone")
MESSAGE_COLUMNS = ("at", "kind", "channel", "to", "status")
_CALM = ("went_quiet", "ended_by_itself")
_LOUD = ("nobody_reached", "missed", "sensor_lost")


def instant(text: str) -> datetime:
    """The instant of a body's text."""
    return datetime.fromisoformat(text)


def params_of(values: Mapping[str, Any]) -> dict[str, object]:
    """Parameters with their instants read (names that end in `at`, `until`, `as_of`)."""
    return {
        key: instant(value)
        if isinstance(value, str) and key.endswith(("at", "until", "as_of"))
        else value
        for key, value in values.items()
    }


def head(words: Words, section: str, columns: tuple[str, ...]) -> list[str]:
    """Column titles of a table."""
    return [words.word(section, column) for column in columns]


def sentence(body: Body, words: Words, guest: str) -> str:
    """What happened in one sentence."""
    params = params_of(body["summary"]["params"])
    number = params.get("attempt_number")
    how = "attempt" if number is not None else "phoned_back"
    calls = body["summary"]["params"]["guest_calls"] + body["summary"]["params"]["host_calls"]
    return words.say(
        "summary",
        body["summary"]["key"],
        **params,
        after_minutes=body["quiet"].get("after_minutes"),
        calls=calls,
        guest=guest,
        Guest=guest[:1].upper() + guest[1:],
        how=words.say("how", how, **params),
        said=words.get("said", str(params.get("result"))) or "",
    )


def badge_key(body: Body) -> str:
    """The one word for the end: the resolution, `ended_by_itself`, or `open`."""
    if body["summary"]["key"] == "ended_by_itself":
        return "ended_by_itself"
    return body["incident"]["resolution"] or "open"


def tone(body: Body) -> str:
    """Calm, watch or loud: how the report is coloured."""
    key = badge_key(body)
    if key in _LOUD or body["quiet"]["state"] == "not_quiet":
        return "loud"
    return "calm" if key in _CALM or body["quiet"]["state"] == "quiet" else "watch"


def limits(body: Body, words: Words) -> str:
    """Each limit that held during the noise, once, in order of time."""
    began = body["noise"]["first_loud_at"]
    levels = dict.fromkeys(
        span["db"]
        for span in body["noise"]["thresholds"]
        if began is None or instant(span["to"]) > instant(began)
    )
    return words.plain("list_join").join(words.decibels(level) for level in levels)


def spans(body: Body, words: Words) -> str:
    """The unheard stretches of the home's level sensors."""
    silences = [
        words.say("curve", "span", start=instant(span["from"]), end=instant(span["to"]))
        for span in body["noise"]["silent"]
    ]
    return words.plain("list_join").join(dict.fromkeys(silences))


def silent(body: Body, words: Words) -> str | None:
    """The sentence under the curve about what was not heard."""
    if not body["noise"]["silent"]:
        return None
    return words.say("curve", "silent", spans=spans(body, words))


def attempts(body: Body, words: Words, operators: Mapping[str, str]) -> list[Row]:
    """A row for each dial, in the order of ATTEMPT_COLUMNS."""
    return [_attempt(attempt, words, operators) for attempt in body["attempts"]]


def _attempt(attempt: Body, words: Words, operators: Mapping[str, str]) -> Row:
    dash = words.plain("none")
    ended, talk = attempt["ended_at"], attempt["talk_seconds"]
    desk_name = operators.get(attempt["operator"] or "")
    if attempt.get("automatic"):
        desk_name = words.word("attempt", "automatic")
    return [
        str(attempt["attempt_number"]),
        words.word("attempt", f"party_{attempt['party']}"),
        words.seconds(instant(attempt["dialled_at"])),
        words.seconds(instant(ended)) if ended else dash,
        words.duration(talk) if talk else dash,
        _result(attempt, words),
        isolated(desk_name) if desk_name else dash,
        attempt["number"],
    ]


def _result(attempt: Body, words: Words) -> str:
    result = attempt["disposition"] or attempt["outcome"]
    if result is None:
        return words.word("attempt", "running")
    if attempt.get("automatic") and result == AttemptOutcome.ANSWERED:
        result = "no_key"
    text = words.word("result", result)
    if attempt["counted"] is False:
        return f"{text} ({words.word('attempt', 'not_counted')})"
    return text


def notes(body: Body, words: Words, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Operators' notes, each with the call that it belongs to."""
    return [
        (words.say("attempt", "note", call=_call(attempt, words)), isolated(texts[attempt["id"]]))
        for attempt in body["attempts"]
        if texts.get(attempt["id"])
    ]


def _call(attempt: Body, words: Words) -> str:
    at = instant(attempt["dialled_at"])
    return words.say("tick", f"{attempt['party']}_call", number=attempt["attempt_number"], at=at)


def flags(body: Body, words: Words) -> list[Row]:
    """Numbers that turned out wrong: whose, masked."""
    return [
        [words.word("flag", flag["party"]), flag["number"] or words.plain("none")]
        for flag in body["number_flags"]
    ]


def hops(body: Body, words: Words) -> list[tuple[str, str]]:
    """The history: time and sentence, with its reason in brackets where we have words for it."""
    return [(words.clock(instant(hop["at"])), _hop(hop, words)) for hop in body["history"]]


def _hop(hop: Body, words: Words) -> str:
    params = params_of(hop["params"])
    for name, section in _WORDY.items():
        if name in params:
            word = words.word(section, params[name])
            params[name] = word[:1].lower() + word[1:]
    said = words.say("history", hop["key"], **params)
    why = words.get("why", str(hop["params"].get("reason")))
    said = said if why is None else f"{said[:-1]} ({why})."
    if "times" not in hop:
        return said
    often = words.say("times", "until", times=hop["times"], until=instant(hop["until"]))
    return f"{said[:-1]}{often}"


_WORDY = {
    "by": "opened_by",
    "party": "party",
    "kind": "message",
    "resolution": "resolution",
    "answer": "answer",
}


def messages(body: Body, words: Words) -> list[Row]:
    """A row for each message to the host, in the order of MESSAGE_COLUMNS."""
    return [
        [
            words.clock(instant(message["at"])),
            words.word("message", message["kind"]),
            words.word("channel", message["channel"]),
            isolated(message["to"]) or "–",
            words.word("status", message["status"]),
        ]
        for message in body["messages"]
    ]


def caveats(body: Body, words: Words) -> list[str]:
    """What to bear in mind."""
    return [
        words.say("caveat", note["key"], **params_of(note["params"])) for note in body["caveats"]
    ]


def service(body: Body, words: Words) -> list[tuple[str, str]]:
    """Our promises, as measured."""
    return [
        (key, _promise(measured, words))
        for key, measured in body["service"].items()
        if measured is not None
    ]


def _promise(measured: Body, words: Words) -> str:
    seconds, limit = measured["seconds"], measured["limit_seconds"] // 60
    if seconds is None:
        return words.word("service", measured["why"])
    unit = ("seconds", seconds) if seconds < 120 else ("minutes", seconds // 60)
    took = words.say("service", unit[0], **{unit[0]: unit[1]})
    return words.say("service", "met" if measured["met"] else "missed", took=took, limit=limit)
