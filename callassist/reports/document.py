"""A report in words of one language, ready to be laid out: the same for HTML and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callassist.domain.reference import as_said
from callassist.reports import document_parts as parts
from callassist.reports.curve_drawing import Drawing, draw
from callassist.reports.display_text import isolated
from callassist.reports.document_figures import Figure, figures
from callassist.reports.document_parts import Body, Row
from callassist.reports.words import Words, supported


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """One version of the report, as listed."""

    version: int
    reason: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Names:
    """What is joined at reading: home, guest (None after erasure), desk names, notes."""

    home: str
    guest: str | None = None
    operators: Mapping[str, str] = field(default_factory=dict)  # by the operator's public id
    notes: Mapping[str, str] = field(default_factory=dict)  # by the attempt's public id


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One version with everything that a reader of it gets to see."""

    report_id: str
    version: int
    body: Mapping[str, Any]
    body_hash: str
    versions: tuple[VersionLine, ...]
    names: Names


@dataclass(frozen=True, kw_only=True)
class Document:
    """Finished words and the drawing; `tone` is calm, watch or loud."""

    language: str
    title: str
    home: str
    date: str
    reference: str
    practice: str | None
    sentence: str
    badge: str
    tone: str
    figures: list[Figure]
    drawing: Drawing
    silent: str | None
    attempts: list[Row]
    attempts_head: list[str]
    notes: list[tuple[str, str]]  # which call, and the operator's words
    advice: list[str]
    flags: list[Row]
    history: list[tuple[str, str]]
    messages: list[Row]
    messages_head: list[str]
    caveats: list[str]
    facts: list[tuple[str, str]]
    versions: list[str]
    section: Mapping[str, str]
    foot: list[str]
    words: Mapping[str, str]


def document(copy: Copy, language: str) -> Document:
    """Lay the words out; an unknown language falls back to English."""
    body = copy.body
    words = Words(supported(language), ZoneInfo(body["incident"]["timezone"]))
    guest = isolated(copy.names.guest) if copy.names.guest else words.plain("guest")
    home = isolated(copy.names.home)
    noisy_from = parts.instant(body["noise"]["first_loud_at"] or body["incident"]["opened_at"])
    return Document(
        language=words.language,
        title=words.word("title", "document"),
        home=home,
        date=words.date(noisy_from),
        reference=as_said(body["incident"]["reference"]),
        practice=words.word("title", "practice") if body["incident"]["practice"] else None,
        sentence=parts.sentence(body, words, guest),
        badge=words.word("resolution", parts.badge_key(body)),
        tone=parts.tone(body),
        figures=figures(body, words),
        drawing=draw(body, words),
        silent=parts.silent(body, words),
        attempts=parts.attempts(body, words, copy.names.operators),
        attempts_head=parts.head(words, "attempt", parts.ATTEMPT_COLUMNS),
        notes=parts.notes(body, words, copy.names.notes),
        advice=[words.say("advice", note["key"], **note["params"]) for note in body["advice"]],
        flags=parts.flags(body, words),
        history=parts.hops(body, words),
        messages=parts.messages(body, words),
        messages_head=parts.head(words, "message_column", parts.MESSAGE_COLUMNS),
        caveats=parts.caveats(body, words),
        facts=_facts(copy, words, home, guest),
        versions=[_version(line, words) for line in copy.versions],
        section={key: words.word("section", key) for key in _SECTIONS},
        foot=[
            words.word("foot", "made_by"),
            words.say("foot", "hash", hash=copy.body_hash),
        ],
        words={
            "page": words.word("title", "page"),
            "of": words.word("title", "of"),
            "nobody_phoned": words.word("attempt", "none"),
            "glyphs": words.word("foot", "glyphs"),
        },
    )


_SECTIONS = ("curve", "attempts", "next", "history", "messages", "caveats", "facts", "versions")


def _version(line: VersionLine, words: Words) -> str:
    return words.say(
        "title",
        "version",
        version=line.version,
        reason=words.word("reason_of_version", line.reason),
        at=words.moment(line.created_at),
    )


def _facts(copy: Copy, words: Words, home: str, guest: str) -> list[tuple[str, str]]:
    incident: Body = copy.body["incident"]
    lines = [("home", home), ("guest", guest), ("reference", as_said(incident["reference"]))]
    lines.append(("opened", words.moment(parts.instant(incident["opened_at"]))))
    lines.append(("opened_by", words.word("opened_by", incident["opened_by"])))
    for label, key in (
        ("requested", "call_requested_at"),
        ("contact", "contact_at"),
        ("closed", "closed_at"),
    ):
        if incident[key]:
            lines.append((label, words.moment(parts.instant(incident[key]))))
    lines += parts.service(copy.body, words)
    lines.append(("timezone", incident["timezone"].replace("_", " ")))
    lines.append(("document", copy.report_id))
    return [(words.word("fact", label), value) for label, value in lines]
