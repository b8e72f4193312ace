"""What we tell people, word for word: one text template per kind and language. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from callassist.domain.message_kind import MessageKind
from callassist.notifications.local_words import NO_BREAK, at_time, listing, since_time, span
from callassist.ports.messages import Message

LANGUAGES = ("en", "fr")
TITLE_LIMIT = 60  # what a phone's lock screen shows
PUSH_LIMIT = 200
NAME_LIMIT = 40  # of a home's or guest's name inside a sentence
URGENT = frozenset(
    {
        MessageKind.CALL_REQUESTED,
        MessageKind.GUEST_REACHED,
        MessageKind.GUEST_NOT_REACHED,
        MessageKind.NEEDS_YOU,
        MessageKind.CHANNEL_TEST,
        MessageKind.SUPERVISOR_PAGE,
    }
)

_PRACTICE = "[PRACTICE] "
_NUMBERS = ("minutes", "minutes_to_quiet", "attempts", "homes", "incidents", "calls")
_WORDS = ("reason", "why", "result", "party", "mask", "reference", "who", "source")
_MONEY = ("cap", "used", "currency", "period")
_INSTANTS = ("since", "began_at", "check_in_at", "starts_at", "back_at")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html",)),
    undefined=StrictUndefined,
)

Facts = Mapping[str, object]


def render(
    kind: MessageKind, language: str, facts: Facts, *, key: str = "", url: str | None = None
) -> Message:
    """The finished message of `kind`; a fact or name that is missing gets neutral wording.

    `facts` holds measured facts and the names joined to them: `home`, `guest`, `timezone`,
    `now`. Instants are datetimes or ISO text, spans are minutes. A language that we do not
    write gets English.
    """
    language = language.partition("-")[0].lower()
    language = language if language in LANGUAGES else "en"
    home = _name(facts.get("home"))
    title, text = _written(kind, language, facts, home)
    if len(title) > TITLE_LIMIT and home:
        room = len(home) - (len(title) - TITLE_LIMIT)
        title, _ = _written(kind, language, facts, clip(home, max(room, 1)))
    title = clip(title, TITLE_LIMIT)
    wrapper = _TEMPLATES.get_template("mail.html")
    paragraphs = text.split("\n\n")
    return Message(
        key=key,
        title=title,
        text=text,
        html=wrapper.render(
            title=title, paragraphs=paragraphs, url=url, language=language, kind=str(kind)
        ),
        url=url,
        urgent=kind in URGENT,
        language=language,
    )


def short(text: str, limit: int = PUSH_LIMIT) -> str:
    """As many whole sentences of `text` as fit into `limit` characters, at least one, cut."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > limit:
            break
        kept = f"{kept} {sentence}"
    return clip(kept, limit)


def clip(text: str, limit: int) -> str:
    """`text`, or its beginning with an ellipsis, in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _written(kind: MessageKind, language: str, facts: Facts, home: str | None) -> tuple[str, str]:
    words = _words(facts, home, language)
    page = _TEMPLATES.get_template(f"{language}/{kind}.txt").render(words)
    head, _, body = page.strip().partition("\n")
    paragraphs = [" ".join(part.split("\n")) for part in re.split(r"\n\s*\n", body.strip())]
    practice = _PRACTICE if facts.get("practice") else ""
    plain = partial(_plain, language=language)
    return practice + plain(head), "\n\n".join(filter(None, map(plain, paragraphs)))


def _words(facts: Facts, home: str | None, language: str) -> dict[str, object]:
    now = _instant(facts.get("now"))
    zone = _zone(facts.get("timezone"))
    guest = _name(facts.get("guest"))
    words: dict[str, object] = {name: _number(facts.get(name)) for name in _NUMBERS}
    words |= {name: _name(facts.get(name)) for name in (*_WORDS, *_MONEY)}
    words |= {name: _instant(facts.get(name)) for name in _INSTANTS}
    return (
        words
        | _names(home, guest, language)
        | {
            "call_language": _name(facts.get("language")),
            "missing": _listed(facts.get("missing")),
            "quiet_after": [_number(one) for one in _listed(facts.get("quiet_after"))],
            "unheard": _unheard(facts.get("unheard"), language),
            "silent_for": _minutes_between(_instant(facts.get("since")), now),
            "repeat": bool(facts.get("repeat")),
            "at": partial(at_time, now=now, zone=zone, language=language),
            "since_when": partial(since_time, now=now, zone=zone, language=language),
            "span": partial(span, language=language),
            "listing": partial(listing, language=language),
        }
    )


def _names(home: str | None, guest: str | None, language: str) -> dict[str, object]:
    if language == "fr":
        return {
            "home": home or "Votre logement",
            "place": f"dans le logement « {home} »" if home else "dans votre logement",
            "guest": guest or "le voyageur",
        }
    return {
        "home": home or "Your home",
        "place": f"at {home}" if home else "at your home",
        "guest": guest or "the guest",
    }


def _unheard(value: object, language: str) -> list[str]:
    neutral = "un logement" if language == "fr" else "a home"
    return [
        f"{_name(one.get('home')) or neutral} ({span(minutes, language)})"
        for one in _listed(value)
        if isinstance(one, Mapping) and (minutes := _number(one.get("minutes"))) is not None
    ]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def _number(value: object) -> float | int | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _name(value: object) -> str | None:
    """One line without control characters: names come from people and other systems."""
    if not isinstance(value, str):
        return None
    shown = "".join(letter if letter.isprintable() else " " for letter in value)
    return clip(" ".join(shown.split()), NAME_LIMIT) or None


def _instant(value: object) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _minutes_between(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else (end - begin).total_seconds() / 60


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value if isinstance(value, str) else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _plain(line: str, language: str) -> str:
    """Single blanks, those that French keeps from breaking, and a first letter in capital."""
    line = re.sub(r"[ \t]+", " ", line).strip()
    if language == "fr":
        line = re.sub(r" (?=[:;?!»])|(?<=«) ", NO_BREAK, line)
    return line[:1].upper() + line[1:]
