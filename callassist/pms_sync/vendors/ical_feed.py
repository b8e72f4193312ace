"""The events of a calendar, one at a time; whatever is sent, time and memory have a limit."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from callassist.ports.pms_access import BadAnswer

MOST_CHARACTERS = 6_000_000
MOST_LINES = 300_000
MOST_EVENTS = 5_000
LONGEST_LINE = 2_000  # of what is read; the rest of a longer one is left out
MOST_LINES_OF_AN_EVENT = 20

# nothing else is looked at: rules that repeat, alarms and attachments are never worked out
_READ = (
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "SUMMARY",
    "DESCRIPTION",
    "STATUS",
    "RRULE",
    "RDATE",
)


def events_of(text: str) -> Iterator[str]:
    """The content lines of each VEVENT that matter, joined; BadAnswer unless it is a whole
    calendar."""
    _require_calendar(text)
    event: list[str] | None = None
    inner, count, is_whole = 0, 0, False
    for line in _unfolded(text):
        name, _, value = line.partition(":")
        begins, ends = name.upper() == "BEGIN", name.upper() == "END"
        kind = value.strip().upper()
        if begins and kind == "VEVENT" and event is None:
            event, inner, count = [], 0, count + 1
            if count > MOST_EVENTS:
                raise BadAnswer(f"the calendar has more than {MOST_EVENTS} events")
        elif event is None:
            is_whole = is_whole or (ends and kind == "VCALENDAR")
        elif ends and kind == "VEVENT":
            yield "\r\n".join(["BEGIN:VEVENT", *event, "END:VEVENT", ""])
            event = None
        elif begins or ends:  # an alarm inside
            inner += 1 if begins else -1
        elif inner <= 0 and _is_read(line) and len(event) < MOST_LINES_OF_AN_EVENT:
            event.append(line)
    if not is_whole:
        # half a calendar must not look as if the other half had been cancelled
        raise BadAnswer("the calendar is cut off: its end is missing")


def _require_calendar(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise BadAnswer("the calendar is larger than 6 million characters")
    head = text[:2000].lstrip("\ufeff \t\r\n").upper()
    if not head.startswith("BEGIN:VCALENDAR"):
        is_page = head.startswith("<")
        raise BadAnswer(
            "the address answers with a web page, not with a calendar"
            if is_page
            else "the address answers with something that is no calendar"
        )


def _unfolded(text: str) -> Iterator[str]:
    """Logical lines: what goes on after a blank at the beginning of the next line is joined."""
    parts: list[str] = []
    length = 0
    for number, raw in enumerate(io.StringIO(text.lstrip("\ufeff"), newline="\n")):
        if number > MOST_LINES:
            raise BadAnswer(f"the calendar has more than {MOST_LINES} lines")
        line = raw.rstrip("\r\n")
        if line[:1] in (" ", "\t"):
            line = line[1:]
        else:
            if parts:
                yield "".join(parts)
            parts, length = [], 0
        if length < LONGEST_LINE:
            parts.append(line[: LONGEST_LINE - length])
            length += len(line)
    if parts:
        yield "".join(parts)


def _is_read(line: str) -> bool:
    return re.split("[:;]", line[:20], maxsplit=1)[0].upper() in _READ
