"""Refusals of the services in the reader's language.

Services refuse in English. Sentences without a value in them are looked up in the catalogue as they
are (`python -m callassist.web.catalogue` collects them); those with values are matched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from callassist.errors import CallAssistError, InvalidInput
from callassist.web.pages import words
from callassist.web.pages.sensor_refusals import OF_MAKERS
from callassist.web.pages.system_refusals import OF_SYSTEMS
from callassist.web.pages.times import moment
from callassist.web.pages.wordings import Wordings, worded
from callassist.web.translate import gettext
from callassist.web.translate import lazy_gettext as _l

# (what a service says, what we say); groups that name a state are put into words
_WITH_VALUES: Wordings = (
    (r"at most (?P<n>.+) characters", _l("At most %(n)s characters.")),
    (r"at most (?P<n>.+) contacts; remove one first", _l("At most %(n)s contacts; remove one.")),
    (r"at most (?P<n>.+) numbers", _l("At most %(n)s numbers.")),
    (r"use one of (?P<known>.+)", _l("Use one of %(known)s.")),
    (r"(?P<kind>.+) comes without asking; use (?P<known>.+)", _l("Use one of %(known)s.")),
    (r"unknown; use one of (?P<known>.+)", _l("Unknown; use one of %(known)s.")),
    (
        r"homes that use this policy: (?P<n>.+); give them another one first",
        _l("%(n)s homes use these rules; give them others first."),
    ),
    (r"(?P<role>.+) is for programs; give a person owner, manager or viewer", _l("Choose a role.")),
    (
        r"another stay typed in for this home runs from (?P<local_a>.+) to (?P<local_b>.+) "
        r"\((?P<zone>.+)\); correct or cancel that one",
        _l("Another stay entered here runs from %(local_a)s to %(local_b)s. Correct or cancel it."),
    ),
    (
        r"overlaps the shift from (?P<local_a>.+) to (?P<local_b>.+) \((?P<zone>.+)\); "
        r"move or remove that one first",
        _l("Overlaps the shift from %(local_a)s to %(local_b)s. Remove that one first."),
    ),
    (r"(?P<who>.+) has another shift at that time", _l("%(who)s has another shift then.")),
    (r"already taken by (?P<who>.+)", _l("Already taken by %(who)s.")),
    (
        r"this call is due in (?P<left>.+) min, not before",
        _l("This call is due in %(left)s min, not before."),
    ),
    (
        r"you are (?P<state>.+); go available before taking a task",
        _l("Your state is “%(state)s”; go available before taking a call."),
    ),
    (
        r"you are (?P<state>.+); finish or decline your task first",
        _l("Your state is “%(state)s”; finish or decline your call first."),
    ),
    (
        r"this task is (?P<state>.+); only a task that you took can be dialled",
        _l("This call is %(state)s; only one that you took can be dialled."),
    ),
    (
        r"this task is (?P<state>.+); its result was saved or is not needed",
        _l("This call is %(state)s; its result was saved or is not needed any more."),
    ),
    (
        r"this file has (?P<n>.+) rows; at most (?P<most>.+) at once, so split it",
        _l("This file has %(n)s rows; at most %(most)s at once, so split it."),
    ),
    (
        r"the same stay as in line (?P<n>.+); leave one of them out",
        _l("The same stay as in line %(n)s; leave one of them out."),
    ),
    (
        r"the same name as in line (?P<n>.+); leave one of them out",
        _l("The same name as in line %(n)s; leave one of them out."),
    ),
    (
        r"a file of homes needs the columns name, timezone and country; not found: (?P<missing>.+)",
        _l(
            "A file of homes needs the columns name, timezone and country. "
            "Not found: %(missing)s. The template has them all."
        ),
    ),
    (
        r"not a time zone; did you mean (?P<zone>.+)\?",
        _l("Not a time zone; did you mean %(zone)s?"),
    ),
    (r"at most (?P<n>.+) tags; leave some out", _l("At most %(n)s tags; leave some out.")),
    (r"overlaps the stay in line (?P<n>.+)", _l("Overlaps the stay in line %(n)s.")),
    (r"keep the note under (?P<n>.+) characters", _l("At most %(n)s characters.")),
    (r"choose one of (?P<known>.+)", _l("Unknown; use one of %(known)s.")),
    (
        r"(?P<result>.+) does not fit a call to the (?P<party>.+)",
        _l("“%(result)s” does not fit this call."),
    ),
    (
        r"the network says (?P<result>.+): nobody was spoken to; "
        r"save what the network says, or call again",
        _l("The network says “%(result)s”: nobody was spoken to. Save what the network says."),
    ),
    (
        r"(?P<other>.+) is noted by the service itself; the network says (?P<result>.+)",
        _l("The network says “%(result)s”; choose a result that fits."),
    ),
    (
        r"calls about this home are already running \(incident (?P<reference>.+)\)",
        _l("Calls about this home are already running (%(reference)s)."),
    ),
    (r"unknown result (?P<result>.+); use one of (?P<known>.+)", _l("Choose a result.")),
    (r"(?P<event>.+) refused: the incident is closed", _l("This incident is over already.")),
    (
        r"(?P<event>.+) refused while (?P<state>.+): .+",
        _l("This is not possible any more: %(state)s."),
    ),
    (r"a call task that is (?P<state>.+) cannot .+", _l("This call is %(state)s.")),
    (r"(?P<scheme>.+):// is not offered; use one of (?P<known>.+)", _l("Use one of %(known)s.")),
    (
        r"the option (?P<option>.+) is not allowed here; leave it out",
        _l("The option %(option)s is not allowed here; leave it out."),
    ),
    (r"there is no incident (?P<id>.+) to log about", _l("This incident does not exist.")),
    (
        r"(?P<what>.+) is not a duration; write it as 45s, 5m or 1h30m",
        _l("Write a span of time like 45s, 5m or 1h30m."),
    ),
    (r"(?P<what>.+) is too long; give at most 168h", _l("At most 168 hours.")),
    (
        r"(?P<what>.+) is not a local time; write it as 22:00",
        _l("Write a time of day like 22:00."),
    ),
    (r"give dB from (?P<low>.+) to (?P<high>.+)", _l("Give a level from %(low)s to %(high)s dB.")),
    (
        r"the firm's sign-in does not answer \(.+\)",
        _l("Your firm’s sign-in does not answer. Try again in a minute, or come in another way."),
    ),
    (
        r"the firm's sign-in was not completed \(.+\)",
        _l("Your firm’s sign-in was not completed. Try again."),
    ),
    (
        r"the firm's sign-in does not say who you are",
        _l("Your firm’s sign-in does not say who you are."),
    ),
    (r"give 1 to (?P<n>.+) attempts", _l("Give 1 to %(n)s attempts.")),
)

# said out of a table, where they cannot be collected
_TOLD_FROM_TABLES = (
    _l("a premium-rate number is never dialled"),
    _l("a short number (emergency, service) is never dialled"),
    _l("a shared-cost number is never dialled"),
    _l("a pager cannot be phoned"),
    _l("a company access number is never dialled"),
    _l("this is an Excel workbook or a ZIP file; save it as CSV and choose that file"),
    _l("this is an Excel workbook; save it as CSV and choose that file"),
    _l("this is a PDF; export a CSV file from where it was made"),
    _l("this is a picture; choose a CSV file"),
    _l("this is not a CSV file; it needs a line of column titles and more lines below it"),
    _l("this language is not known; it is left out"),
    _l("without a number nobody can be phoned"),
    # domain.shift_swap.OVER
    _l("the colleague has not agreed yet"),
    _l("this was agreed to already; a supervisor is next"),
    _l("this swap is on the roster already"),
    _l("the colleague who was asked cannot"),
    _l("a supervisor refused this swap"),
    _l("this request was withdrawn meanwhile"),
    _l("the shift began or was changed meanwhile; ask anew"),
    _l("an archived home is called so; restore that one, or choose another name"),
    _l("you have a home of this name already; it stays as it is"),
)


def in_words(error: CallAssistError) -> str:
    """What was refused and what to do, as a sentence in the language of this request."""
    detail = error.detail
    if isinstance(error, InvalidInput) and error.field:
        detail = detail.removeprefix(f"{error.field}: ")
    return sentence(detail)


def sentence(detail: str) -> str:
    """One refusal in words; one that we do not know stays as it is."""
    found = worded((*_WITH_VALUES, *OF_SYSTEMS, *OF_MAKERS), detail, _named)
    if found is not None:
        return found
    text = gettext(detail) if detail else gettext("This was refused.")
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _named(values: Mapping[str, str]) -> dict[str, str]:
    ready = dict(values)
    if "state" in ready:
        ready["state"] = words.state(ready["state"])
    if "result" in ready:
        ready["result"] = words.result(ready["result"])
    for name in ready.keys() & {"local_a", "local_b"}:
        zone = ZoneInfo(ready["zone"])
        ready[name] = moment(datetime.fromisoformat(ready[name]).replace(tzinfo=zone), zone)
    return ready
