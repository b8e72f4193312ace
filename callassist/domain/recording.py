"""Recording of calls: what a country asks for, and the life of a recording. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import phonenumbers

from callassist.errors import InvalidInput


class Rule(StrEnum):
    """What has to happen before anything is recorded."""

    KEY = "key"  # the guest agrees by pressing a key; without it nothing is recorded
    ANNOUNCE = "announce"  # both are told; the guest may press a key to say no
    NEVER = "never"  # nothing is recorded


@dataclass(frozen=True, kw_only=True)
class Rules:
    """By country of the number that is called, like FR; any that is missing gets the strictest."""

    by_country: Mapping[str, Rule] = field(default_factory=dict)

    def of_number(self, e164: str) -> Rule:
        """The rule for a number; of a country that is not known, consent by key."""
        try:
            country = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
        except phonenumbers.NumberParseException:
            country = None
        return self.by_country.get(country or "", Rule.KEY)


@dataclass(frozen=True, kw_only=True)
class RecordingTable:
    """config/recording.toml: the rules, and what is said, by language."""

    rules: Rules = field(default_factory=Rules)
    sentences: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def language_of(self, *wanted: str | None) -> str | None:
        """The first wanted language that has its sentences, else English; None for none at all:
        what cannot be announced is not recorded."""
        for language in (*wanted, "en"):
            if language and language.partition("-")[0].lower() in self.sentences:
                return language.partition("-")[0].lower()
        return None


SENTENCES = ("key", "announce", "recorded", "unrecorded", "operator")


def parse_recording(table: Mapping[str, Any]) -> RecordingTable:
    """The table as read from TOML; InvalidInput names the entry that is wrong."""
    rules: dict[str, Rule] = {}
    for country, entry in table.get("countries", {}).items():
        try:
            rules[country] = Rule(entry["rule"])
        except (KeyError, TypeError, ValueError):
            raise InvalidInput(
                "rule must be key, announce or never", f"countries.{country}"
            ) from None
    sentences = table.get("sentences", {})
    for language, said in sentences.items():
        for name in SENTENCES:
            if not isinstance(said.get(name), str) or not (said[name] or name == "operator"):
                raise InvalidInput("is missing", f"sentences.{language}.{name}")
    return RecordingTable(rules=Rules(by_country=rules), sentences=sentences)


class RecordingState(StrEnum):
    """Where a recording stands. Only `ASKED`, `MADE` and `LEAVING` have sound at the network."""

    ANNOUNCED = "announced"  # the guest is being told and asked; nothing is recorded
    REFUSED = "refused"  # the guest did not agree, or said no; nothing was recorded
    ASKED = "asked"  # the network was asked to record, from now on
    MADE = "made"  # the call is over; the sound is at the network, to be fetched
    KEPT = "kept"  # the sound is here, sealed, and nowhere else
    LEAVING = "leaving"  # it is to be deleted at the network, which has not yet said that it is
    GONE = "gone"  # it is nowhere any more
    FAILED = "failed"  # the network did not record, or never gave the sound


AT_THE_NETWORK = (RecordingState.ASKED, RecordingState.MADE, RecordingState.LEAVING)
RECORDING_NOW = RecordingState.ASKED
AGREES = "1"
DECLINES = "9"


def is_agreed(rule: Rule, digits: str) -> bool:
    """Whether recording may begin after what the guest pressed, or did not press."""
    if rule is Rule.KEY:
        return digits == AGREES
    return rule is Rule.ANNOUNCE and digits != DECLINES
