"""The four figures on top of a report."""

from __future__ import annotations

from dataclasses import dataclass

from callassist.reports.document_parts import Body, instant, limits
from callassist.reports.words import Words


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One large number with its label and where it comes from."""

    label: str
    value: str
    hint: str


def figures(body: Body, words: Words) -> list[Figure]:
    """The four figures on top."""
    return [
        _quiet_figure(body, words),
        _noise_figure(body, words),
        _peak_figure(body, words),
        _calls_or_coverage(body, words),
    ]


def _quiet_figure(body: Body, words: Words) -> Figure:
    state = body["quiet"]["state"]
    if state == "no_contact" and body["incident"]["call_requested_at"] is None:
        state = "no_call"
    value = words.say(
        "figure_value",
        state,
        quiet_minutes=body["quiet"]["minutes"],
        after_minutes=body["quiet"].get("after_minutes"),
    )
    measured = state not in ("no_contact", "no_call")
    hint = words.word("figure_hint", "quiet") if measured else ""
    return _figure(words, "quiet", value, hint)


def _noise_figure(body: Body, words: Words) -> Figure:
    noise = body["noise"]
    if noise["first_loud_at"] is None:
        return _figure(words, "noise", words.plain("none"), words.word("figure_hint", "noise_none"))
    began = instant(noise["first_loud_at"])
    value = words.plain("minutes").format_map({"n": words.ready(noise["minutes"])})
    if noise["ended_at"] is None:
        return _figure(
            words, "noise", value, words.say("figure_hint", "noise_open", began_at=began)
        )
    ended = instant(noise["ended_at"])
    hint = words.say("figure_hint", "noise", began_at=began, ended_at=ended)
    return _figure(words, "noise", value, hint)


def _peak_figure(body: Body, words: Words) -> Figure:
    peak = body["noise"]["peak_db"]
    if peak is None:
        why = "peak_none" if body["noise"]["sensors"] else "noise_none"
        return _figure(words, "peak", words.plain("none"), words.word("figure_hint", why))
    hint = words.say("figure_hint", "peak", thresholds=limits(body, words))
    return _figure(words, "peak", words.decibels(peak), hint)


def _calls_or_coverage(body: Body, words: Words) -> Figure:
    heard = body["noise"]["coverage_percent"]
    if heard is None:
        total = len(body["attempts"])
        counts = {name: body["summary"]["params"][name] for name in ("guest_calls", "host_calls")}
        hint = words.say("figure_hint", "calls", **counts)
        return _figure(words, "calls", str(total), hint)
    value = words.plain("percent").format(n=heard)
    return _figure(words, "coverage", value, words.word("figure_hint", "coverage"))


def _figure(words: Words, key: str, value: str, hint: str) -> Figure:
    return Figure(label=words.word("figure", key), value=value, hint=hint)
