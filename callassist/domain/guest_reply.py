"""What a guest wrote: what becomes of it, and how much of it the desk is shown."""

from __future__ import annotations

import re
from enum import StrEnum

LONGEST = 1600  # characters; networks join no more parts than that
_ADDRESS = re.compile(r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){6,}")


class Fate(StrEnum):
    """What became of a text that came in; kept also where nothing else of it is."""

    STOPPED = "stopped"  # one word, heeded at once
    STARTED = "started"
    SHOWN = "shown"  # to the people who deal with the incident
    NO_NUMBER = "no_number"  # of a sender who cannot be a guest
    NO_INCIDENT = "no_incident"  # of a number about which nothing is going on, or was lately
    NO_WORDS = "no_words"  # empty, or a picture


class ReadBy(StrEnum):
    """In which role somebody said that a reply needs nothing more."""

    HOST = "host"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"


def kept_words(body: str) -> str:
    """The words as they are kept: without what no screen can show, and not endless."""
    shown = "".join(sign for sign in body if sign.isprintable() or sign in "\n\t")
    return shown.strip()[:LONGEST]


def for_the_desk(words: str) -> str:
    """The same without numbers and addresses, which no operator may see (DESIGN 3.8)."""
    return _NUMBER.sub("•••", _ADDRESS.sub("•••", words))
