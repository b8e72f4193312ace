"""Each message word for word, against files that people can read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.message_kind import MessageKind
from callassist.notifications.local_words import at_time, clock_time, listing, since_time, span
from callassist.notifications.messages import PUSH_LIMIT, TITLE_LIMIT, render, short

EXPECTED = Path(__file__).parent / "expected"
NOW = datetime(2026, 11, 21, 22, 55, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
FACTS: dict[str, object] = {
    "now": NOW,
    "timezone": "Europe/Paris",
    "home": "Canal 12",
    "guest": "Marie Dupont",
    "reference": "amber fox",
    "language": "fr",
    "minutes": 30,
    "attempts": 3,
    "result": "guest_agreed",
    "since": "2026-11-21T22:41:00+00:00",
    "began_at": "2026-11-21T22:00:00+00:00",
    "check_in_at": "2026-11-24T15:00:00+00:00",
    "mask": "+1•••••12",
    "missing": ["sensor_silent", "guest_number", "operator_language"],
    "homes": 8,
    "incidents": 2,
    "calls": 3,
    "quiet_after": [12, 4],
    "unheard": [{"home": "Canal 12", "minutes": 131}],
    "who": "Ben",
    "source": "Guesty",
    "starts_at": "2026-11-24T21:00:00+00:00",
    "back_at": "2026-11-26T21:00:00+00:00",
    "cap": "20.00",
    "used": "10.42",
    "currency": "EUR",
    "period": "month",
}
# the reasons that change the words; the kinds that are not here have one wording
REASONS: dict[MessageKind, tuple[str, ...]] = {
    MessageKind.GUEST_NOT_REACHED: (
        *("no_number", "nobody_took_it", "language", "our_fault", "stay_changed"),
        *("asked_not_to_be_called", "number_refused", "cap_reached"),
    ),
    MessageKind.CONNECTION_FAILING: (
        *("credentials", "unreachable", "unreadable", "sensor_access"),
    ),
    MessageKind.WEBHOOK_DISABLED: ("gone", "failed_often", "failing"),
    MessageKind.SPENDING: ("half", "reached"),
    MessageKind.REPORT_READY: ("calling_ended", "closed", "correction"),
    MessageKind.NEEDS_YOU: (
        *("guest_refused", "emergency", "still_loud", "nobody_takes_it", "nobody_reached"),
        *("dialling_fails", "no_host_contact", "language", "no_number", "night_is_full"),
        *("asked_not_to_be_called", "missed", "guest_says_not_us", "outside_cover"),
    ),
    MessageKind.NUMBER_FLAGGED: ("invalid_number", "wrong_person"),
    MessageKind.SUPERVISOR_PAGE: (
        *("language_not_on_shift", "emergency", "wrap_up_open", "dialling_fails", "dial_in_doubt"),
        *("last_operator_misses", "audit_alarm", "operator_gone", "nobody_takes_it"),
        "rota_not_rung",
    ),
    MessageKind.SHIFT_SWAP: (
        *("asked", "agreed", "declined", "withdrawn", "confirmed", "refused"),
    ),
}
RESULTS = ("not_noisy_now", "booker_not_on_site", "guest_refused", "asked_not_to_be_called")
KINDS = [(kind, language) for language in ("en", "fr") for kind in MessageKind]


def _cases(kind: MessageKind) -> dict[str, dict[str, object]]:
    cases: dict[str, dict[str, object]] = {"everything known": FACTS, "nothing known": {}}
    cases |= {f"reason {one}": {**FACTS, "reason": one} for one in REASONS.get(kind, ())}
    if kind is MessageKind.GUEST_REACHED:
        cases |= {f"result {one}": {**FACTS, "result": one} for one in RESULTS}
    if kind is MessageKind.CALL_REQUESTED:
        cases["asked for by hand"] = {**FACTS, "why": "operator"}
        cases["loud again"] = {**FACTS, "why": "still_loud"}
    if kind in (MessageKind.CALL_REQUESTED, MessageKind.NUMBER_FLAGGED):
        cases["about the host"] = {**FACTS, "party": "host", "reason": "no_number"}
    if kind is MessageKind.MORNING_NOTE:
        cases["a quiet night"] = {**FACTS, "incidents": 0, "quiet_after": [], "unheard": []}
    return cases


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_every_message_reads_as_it_was_approved(kind: MessageKind, language: str) -> None:
    written = []
    for case, facts in _cases(kind).items():
        message = render(kind, language, facts)
        written.append(f"== {case}\n{message.title}\n\n{message.text}\n")
    expected = EXPECTED / language / f"{kind}.txt"
    assert "\n".join(written) == expected.read_text()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_page_reads_as_it_was_approved(language: str) -> None:
    url = "https://calls.example.com/incidents/abc"
    message = render(MessageKind.GUEST_REACHED, language, FACTS, url=url)
    assert message.html == (EXPECTED / language / "mail.html").read_text()


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_the_longest_names_fit_onto_a_lock_screen(kind: MessageKind, language: str) -> None:
    long = {**FACTS, "home": "W" * 200, "guest": "M" * 200, "practice": True}
    message = render(kind, language, long)
    assert len(message.title) <= TITLE_LIMIT
    assert len(short(message.text)) <= PUSH_LIMIT
    plain = render(kind, language, {**FACTS, "practice": True})
    # the name gives way, never what the message says
    assert message.title.split(":")[-1] == plain.title.split(":")[-1]


@pytest.mark.parametrize(("kind", "language"), KINDS)
def test_practice_is_marked_in_the_title(kind: MessageKind, language: str) -> None:
    title = render(kind, language, {**FACTS, "practice": True}).title
    assert title.startswith("[PRACTICE] ")
    assert "[PRACTICE]" not in render(kind, language, FACTS).title


def test_a_page_to_the_desk_names_neither_home_nor_guest() -> None:
    for language in ("en", "fr"):
        for reason in ("", *REASONS[MessageKind.SUPERVISOR_PAGE]):
            message = render(MessageKind.SUPERVISOR_PAGE, language, {**FACTS, "reason": reason})
            shown = f"{message.title}{message.text}{message.html}"
            assert "Canal" not in shown
            assert "Marie" not in shown


def test_names_from_elsewhere_cannot_write_headers_or_markup() -> None:
    facts = {**FACTS, "home": "Loft\r\nBcc: x@example.com", "guest": "<b>{{ 7*7 }}</b>"}
    message = render(MessageKind.GUEST_REACHED, "en", facts)
    assert "\n" not in message.title
    assert "{{ 7*7 }}" in message.text
    assert message.html is not None
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in message.html


@pytest.mark.parametrize("odd", [{"minutes": "many"}, {"since": "soon"}, {"timezone": "Mars/X"}])
def test_facts_of_the_wrong_kind_are_left_out_not_fatal(odd: dict[str, object]) -> None:
    for kind in MessageKind:
        assert render(kind, "en", {**FACTS, **odd}).text


def test_a_language_we_do_not_write_gets_english() -> None:
    assert render(MessageKind.CHANNEL_TEST, "de", {}).language == "en"
    assert render(MessageKind.CHANNEL_TEST, "fr-CA", {}).language == "fr"


def test_times_are_written_as_people_there_write_them() -> None:
    at = datetime(2026, 11, 21, 22, 41, tzinfo=UTC)
    assert clock_time(at, PARIS, "en") == "23:41"
    assert clock_time(at, PARIS, "fr") == "23:41"
    assert clock_time(datetime(2026, 11, 21, 8, 0, tzinfo=UTC), PARIS, "fr") == "09:00"
    first = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
    assert at_time(first, NOW, PARIS, "en") == "on Tuesday 1 December at 10:05"
    assert since_time(first, NOW, PARIS, "fr") == "depuis le mardi 1er décembre à 10:05"


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (0.2, "less than a minute", "moins d’une minute"),
        (1, "1 minute", "1 minute"),
        (59, "59 minutes", "59 minutes"),
        (62, "1 hour", "1 heure"),
        (131, "2 hours 10 minutes", "2 heures 10 minutes"),
        (640, "11 hours", "11 heures"),
    ],
)
def test_spans_are_rounded_as_people_say_them(minutes: float, english: str, french: str) -> None:
    assert span(minutes, "en") == english
    assert span(minutes, "fr").replace("\u00a0", " ") == french


def test_lists_end_with_and() -> None:
    assert listing(["a"], "en") == "a"
    assert listing(["a", "b", "c"], "en") == "a, b and c"
    assert listing(["a", "b"], "fr") == "a et b"


def test_a_short_body_keeps_whole_sentences() -> None:
    text = "First one. Second one is longer. Third."
    assert short(text, 33) == "First one. Second one is longer."
    assert short("W" * 300, 200) == "W" * 199 + "…"
