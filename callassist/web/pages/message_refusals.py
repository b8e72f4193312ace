"""Why a sensor's message was refused or says nothing, in the reader's language.

Adapters say it in English, to whoever programs the sender; hosts read it on the connection's page.
What stands in the message, such as a field's name, stays as it is.
"""

from __future__ import annotations

import re

from callassist.web.pages.refusals import sentence
from callassist.web.pages.wordings import Wordings, worded
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l
from callassist.web.translate import ngettext

# the message as a whole
_WHOLE: Wordings = (
    (r"Send application/json, .+", _l("Send it as application/json.")),
    (r"Send JSON in UTF-8\.", _l("Send it as JSON in UTF-8.")),
    (
        r"This connection has a signing secret: send (?:it as )?the headers? (?P<headers>.+?)\.?",
        _l("This connection has a secret, and the message came without its proof: %(headers)s."),
    ),
    (
        r"The bearer token is not this connection's: .+",
        _l("The secret in the header is another one: copy the one of this connection again."),
    ),
    (
        r"The delivery does not echo the token that .+",
        _l("The message does not carry the secret that the webhook was registered with."),
    ),
    (
        r"(?:The signature|(?P<header>\S+)) does not fit this body: .+",
        _l(
            "The signature does not fit: the sender has another secret, or something between "
            "changes the message."
        ),
    ),
    (r"(?P<header>\S+) must be whole seconds since 1970\.", _l("The time in %(header)s is none.")),
    (
        r"(?P<header>\S+) is (?P<n>\d+) s (?:old|in the future); .+",
        _l("Its time is %(n)s seconds off: check the sender’s clock."),
    ),
    (
        r"(?P<n>\d+) (?:readings|states) in one request; send at most (?P<most>\d+)\.",
        _l("%(n)s readings at once; send at most %(most)s."),
    ),
    (
        r"(?P<n>\d+) stations at once; at most (?P<most>\d+) are read\.",
        _l("%(n)s stations at once; at most %(most)s are read."),
    ),
    (r"The body is not UTF-8 \(byte (?P<n>\d+)\)\.", _l("It is no text in UTF-8.")),
    (r"The body is nested too deeply\.", _l("It is nested too deeply.")),
    (
        r"The body is not complete JSON: it ends too early\.",
        _l("It is no complete JSON: it ends too early."),
    ),
    (r"The body is not JSON: (?P<what>.+)\.", _l("It is no JSON (%(what)s).")),
    # no refusals: a message that says nothing about noise
    (r"no reading: empty", _l("It is empty.")),
    (
        r"no reading: the state is (?P<n>\d+) min old",
        _l("This state is %(n)s minutes old: it says nothing about now."),
    ),
    (r"no reading: (?P<what>.+)", _l("It says “%(what)s”: that is no reading.")),
    (
        r"no level in it: another value changed",
        _l("There is no level in it: another value has changed."),
    ),
    (r"another topic", _l("It came on another topic.")),
)

# one place of it
_PLACE = r"(?P<place>The body|The payload|[^\s:]+):? "  # a JSON pointer, or a path of fields
_OF_A_PLACE: Wordings = (
    (r"(?P<field>\".+\") is missing", _l("lacks %(field)s.")),
    (r"is missing", _l("is missing.")),
    (r"is missing: the unit must be dB", _l("is missing: the unit must be dB.")),
    (r"is “(?P<what>.*)”, not dB", _l("is “%(what)s”, not dB.")),
    (r"is not a list", _l("is no list.")),
    (r"is (?:no|not a) number(?: that a sensor can measure)?", _l("is no number.")),
    (r"is a number beyond what a sensor can measure", _l("is no number that can be measured.")),
    (r"names no sensor", _l("names no sensor.")),
    (
        r"says “(?P<what>.*)”: neither a word for noise nor one for quiet",
        _l("says “%(what)s”: neither a word for noise nor one for quiet."),
    ),
    (
        r"is no time: send it like (?P<how>\S+)",
        _l("is no time; it should look like %(how)s."),
    ),
    (
        r"(?:is no time of a reading|year .+ is no time of a reading)",
        _l("is no time of a reading."),
    ),
    (
        r"has no zone: end it with Z or an offset such as \+02:00",
        _l("has no time zone: it should end with Z, or with an offset like +02:00."),
    ),
    (
        r"(?P<level>\S+) dB is (?:outside .+|no level of a home)",
        _l("says %(level)s dB: no level of a home."),
    ),
    (r"must have 1 to (?P<n>\d+) characters", _l("is empty or longer than %(n)s characters.")),
    (r"must not contain the character U\+0000", _l("has a character that is none.")),
    (
        r"is JSON: choose the field with the level",
        _l("is JSON: choose the field with the level below."),
    ),
    (
        r"has neither \"status\" .+",
        _l("has neither “status” (a list of code and value) nor “dps” (data points)."),
    ),
    (r"is no \{\"code\": .+", _l("is no pair of code and value.")),
    (
        r"says no code that is known for noise \((?P<codes>.*)\): choose the field",
        _l("says no code that is known for noise (%(codes)s): choose the field."),
    ),
    (r"needs \"level_db\" or \"state\"", _l("needs “level_db” or “state”.")),
    (
        r"has both \"level_db\" and \"state\": .+",
        _l("has both “level_db” and “state”: these are two readings."),
    ),
    (
        r"Expected `(?P<wanted>.+)`, got `(?P<got>.+)`",
        _l("is of another kind: %(wanted)s is expected, it is %(got)s."),
    ),
)

_KEPT = re.compile(r"(?P<said>.+?)(?: and (?P<more>\d+) more)?; nothing was kept\.", re.DOTALL)
_AT = re.compile(_PLACE + "(?P<detail>.+)", re.DOTALL)


def message_words(detail: str) -> str:
    """Why, as a sentence; one that we do not know stays as it is."""
    kept = _KEPT.fullmatch(detail)
    said, more = (detail, "") if kept is None else (kept["said"], kept["more"] or "")
    found = worded(_WHOLE, said)
    if found is None:
        found = _of_a_place(said)
    if found is None:
        return sentence(detail)
    if not more:
        return found
    besides = ngettext("And %(num)s more place.", "And %(num)s more places.", int(more))
    return f"{found} {besides}"


def _of_a_place(said: str) -> str | None:
    at = _AT.fullmatch(said)
    found = None if at is None else worded(_OF_A_PLACE, at["detail"].removesuffix("."))
    if at is None or found is None:
        return None
    return f"{_place(at['place'])} {found}"


def _place(written: str) -> str:
    return _("The message") if written.removeprefix("The ") in ("body", "payload") else written
