"""The hops of an incident as keys and parameters: what was tried, who was told, what came back.

Only the parameters named here leave the log, so that no name or number can slip into a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import OFF_BY_DEFAULT
from callassist.reports.facts import LogFacts

A = LogAction

_PARAMS: Mapping[LogAction, tuple[str, ...]] = {
    A.INCIDENT_OPENED: ("by",),
    A.CALL_REQUESTED: ("party", "reason", "minutes"),
    A.GUEST_WARNED: ("step", "channel", "sent", "reason"),
    A.TEXT_REPORTED: ("step", "status"),
    A.AUTOMATIC_CALL: ("reason",),
    A.GUEST_WROTE: (),
    A.REPLY_READ: (),
    A.OFFER_ENDED: ("ending",),
    A.RING_ENDED: ("ending",),
    A.TASK_RETURNED: ("reason",),
    A.TASK_CANCELLED: ("reason",),
    A.LAST_LOOK: ("verdict",),
    A.DIAL_IN_DOUBT: (),
    A.DIAL_SETTLED: ("how",),
    A.NUMBER_FLAGGED: ("mask", "reason"),
    A.NUMBER_REFUSED: ("mask", "reason"),
    A.CAP_REACHED: ("stopped",),
    A.RECORDING_ASKED: ("recorded",),
    A.GUEST_STOPPED: (),
    A.SUPERVISOR_PAGED: ("reason",),
    A.HOST_TOLD: ("kind", "reason"),
    A.LANGUAGE_SET: ("language",),
    A.GUEST_ANSWERED: ("answer", "via"),
    A.DIALLING_HELD: ("until",),
    A.BREACH_FROZEN: (),
    A.BREACH_THAWED: (),
    A.NOISE_ENDED: ("reason",),
    A.STILL_LOUD: ("minutes",),
    A.PAUSED: ("until",),
    A.TAKEN_OVER: (),
    A.CANCELLED: (),
    A.ACKNOWLEDGED: (),
    A.PHONED_BACK: ("party",),
    A.AUDIT_ALARM: (),
    A.INCIDENT_CLOSED: ("resolution",),
}

# The variants that change the sentence: data key, and its values which have their own key.
# A value that is not listed (an offer that was merely declined, a look that found it loud) is
# no news for the host.
_VARIANTS: Mapping[LogAction, tuple[str, Mapping[object, str]]] = {
    A.GUEST_WARNED: (
        "sent",
        {
            True: "guest_warned",
            False: "guest_not_warned",
            "unknown": "guest_perhaps_warned",
        },
    ),
    A.AUTOMATIC_CALL: ("made", {True: "phoned_automatically", False: "not_phoned_automatically"}),
    A.TEXT_REPORTED: (
        "status",
        {"delivered": "text_delivered", "undelivered": "text_undelivered"},
    ),
    A.RECORDING_ASKED: ("recorded", {True: "call_recorded", False: "call_not_recorded"}),
    A.CAP_REACHED: ("stopped", {True: "cap_stopped", False: "cap_passed"}),
    A.OFFER_ENDED: ("ending", {"missed": "offer_missed"}),
    A.RING_ENDED: (
        "ending",
        {
            "taken": "ring_taken",
            "refused": "ring_unanswered",
            "no_key": "ring_unanswered",
            "not_answered": "ring_unanswered",
            "failed": "ring_failed",
        },
    ),
    A.LAST_LOOK: ("verdict", {"unknown": "looked_unheard", "quiet": "looked_quiet"}),
}


# the same warning, not on the phone but in the booking's conversation
_IN_CONVERSATION = {
    "guest_warned": "guest_written",
    "guest_not_warned": "guest_not_written",
    "guest_perhaps_warned": "guest_perhaps_written",
}

# On a bad night these come by the dozen: told once, with how often and until when.
_TOLD_ONCE = ("offer_missed", "ring_unanswered", "ring_failed", "supervisor_paged", "task_returned")


def history(log: tuple[LogFacts, ...]) -> list[dict[str, object]]:
    """Entries {at, key, params} in order of time; the dials themselves are in the attempts.

    What repeats itself has `times` and `until` too.
    """
    told: list[dict[str, object]] = []
    for entry, key, params in _hops(log):
        same = [hop for hop in told if hop["key"] == key and hop["params"] == params]
        if key in _TOLD_ONCE and same:
            times = same[0].get("times", 1)
            assert isinstance(times, int)
            same[0] |= {"times": times + 1, "until": entry.at}
            continue
        told.append({"at": entry.at, "key": key, "params": params})
    return told


def _hops(log: tuple[LogFacts, ...]) -> Iterator[tuple[LogFacts, str, dict[str, object]]]:
    for entry in log:
        if entry.action not in _PARAMS or entry.data.get("kind") in OFF_BY_DEFAULT:
            continue
        key = str(entry.action)
        if entry.action in _VARIANTS:
            name, keys = _VARIANTS[entry.action]
            found = keys.get(entry.data.get(name))
            if found is None:
                continue
            key = found
        if entry.data.get("channel") == "conversation":
            key = _IN_CONVERSATION.get(key, key)
        params = {
            name: entry.data[name]
            for name in _PARAMS[entry.action]
            if isinstance(entry.data.get(name), str | int | float)
        }
        yield entry, key, params
