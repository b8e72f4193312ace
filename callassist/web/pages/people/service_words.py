"""How the service is, in words of effect: what does not happen while a part is broken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel.speaklater import LazyString

from callassist.web.pages import times
from callassist.web.pages.refusals import sentence
from callassist.web.system_status import Line, Part
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l
from callassist.web.translate import ngettext
from callassist.web.worker_watch import WorkerSeen, WorkerWatch

EXTENSION = "callassist_worker_watch"
NAMES: Mapping[Part, LazyString] = {
    Part.WORKER: _l("The worker behind the pages"),
    Part.TELEPHONY: _l("Phone network"),
    Part.READINGS: _l("What sensors send"),
    Part.DEADLINES: _l("Deadlines"),
    Part.DELIVERIES: _l("Messages on their way"),
    Part.PUSH: _l("Push to devices"),
    Part.MAIL: _l("E-mail"),
    Part.CALLS: _l("Calls that wait"),
    Part.COSTS: _l("Costs of calls and texts"),
    Part.BACKUPS: _l("Backups"),
    Part.CLOCK: _l("Clock"),
    Part.MONITOR: _l("Watching the watcher"),
}
_PLAIN: Mapping[tuple[Part, str], LazyString] = {
    (Part.WORKER, "never"): _l(
        "No worker has run yet: no calls are created and no messages go out."
    ),
    (Part.WORKER, "works"): _l("At work: calls are created and messages go out."),
    (Part.TELEPHONY, "simulated"): _l("Simulated: everything runs, but nobody is really phoned."),
    (Part.TELEPHONY, "works"): _l("Answers: guests and hosts can be phoned."),
    (Part.READINGS, "works"): _l("Is taken and kept."),
    (Part.READINGS, "broken"): _l(
        "Cannot be kept now: sensors are asked to send again, and noise is noticed late."
    ),
    (Part.DEADLINES, "works"): _l("On time: attempts and reminders come when they are due."),
    (Part.DELIVERIES, "works"): _l("Nothing is stuck."),
    (Part.PUSH, "unused"): _l("Ready; nothing was sent lately."),
    (Part.MAIL, "unused"): _l("A mail server is set; nothing was sent lately."),
    (Part.MAIL, "files"): _l("No mail server is set: mails are written to files and reach nobody."),
    (Part.CALLS, "none"): _l("None: every call that is due has an operator."),
    (Part.COSTS, "uncapped"): _l("No cap is set for the whole service."),
    (Part.BACKUPS, "none"): _l("None yet: if this machine dies, everything is lost."),
    (Part.CLOCK, "right"): _l("Right: times in pages and reports can be relied upon."),
    (Part.MONITOR, "watched"): _l(
        "Another machine is told every minute that all is well, and raises the alarm otherwise."
    ),
    (Part.MONITOR, "unwatched"): _l("Nobody notices when this machine dies at night."),
}
# what an administrator can do about it
_REMEDIES: Mapping[tuple[Part, str], LazyString] = {
    (Part.WORKER, "never"): _l("Start `callassist worker`, or `callassist serve`, which has one."),
    (Part.WORKER, "gone"): _l("Look whether `callassist worker` or `callassist serve` runs."),
    (Part.COSTS, "uncapped"): _l("Set CALLASSIST_SPENDING_DAY_CAP and _MONTH_CAP."),
    (Part.MAIL, "files"): _l("Set CALLASSIST_MAIL_URL."),
    (Part.MONITOR, "unwatched"): _l("Set CALLASSIST_HEARTBEAT_URL."),
    (Part.TELEPHONY, "simulated"): _l("Set CALLASSIST_TELEPHONY."),
}


def watch() -> WorkerWatch:
    """The watch of this application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, WorkerWatch)
    return found


def name(line: Line) -> str:
    """The part."""
    return str(NAMES[line.part])


def effect(line: Line, zone: ZoneInfo) -> str:
    """What it means for whoever relies on it."""
    plain = _PLAIN.get((line.part, line.case))
    return str(plain) if plain is not None else _counted(line, zone)


def remedy(line: Line) -> str:
    """What an administrator does about it; empty where there is nothing to say."""
    return str(_REMEDIES.get((line.part, line.case), ""))


def _counted(line: Line, zone: ZoneInfo) -> str:
    seconds = float(str(line.facts.get("seconds") or 0))
    count = int(str(line.facts.get("count") or 0))
    match line.part:
        case Part.WORKER:
            return gone(WorkerSeen(ago=timedelta(seconds=seconds)))
        case Part.TELEPHONY:
            reason = sentence(str(line.facts["reason"]))
            return _("Nobody can be phoned now. %(reason)s", reason=reason)
        case Part.DEADLINES:
            return _("%(span)s late: attempts start too late.", span=_span(seconds))
        case Part.DELIVERIES:
            return _(
                "%(count)s wait, the oldest for %(span)s: people are told too late.",
                count=count,
                span=_span(seconds),
            )
        case Part.PUSH | Part.MAIL:
            return _(
                "%(sent)s of the last %(all)s arrived.",
                sent=line.facts["sent"],
                all=line.facts["all"],
            )
        case Part.CALLS:
            said = ngettext("%(num)s call waits", "%(num)s calls wait", count)
            return _("%(said)s, the oldest for %(span)s.", said=said, span=_span(seconds))
        case Part.COSTS:
            return _(
                "About %(used)s of %(cap)s. At the cap, automatic messages and second and third "
                "calls to guests stop.",
                used=line.facts["used"],
                cap=line.facts["cap"],
            )
        case Part.BACKUPS:
            made_at = line.facts["made_at"]
            assert isinstance(made_at, datetime)
            kept = ngettext("%(num)s is kept", "%(num)s are kept", count)
            return _("The last one: %(at)s; %(kept)s.", at=times.moment(made_at, zone), kept=kept)
        case Part.CLOCK if line.case == "scaled":
            return _("Runs %(speed)s times as fast as real time.", speed=f"{line.facts['speed']:g}")
        case _:
            return _("%(seconds)s seconds off the database’s clock.", seconds=f"{seconds:.0f}")


def gone(seen: WorkerSeen) -> str:
    """The banner for everybody concerned."""
    if seen.ago is None:
        return str(_PLAIN[Part.WORKER, "never"])
    return _(
        "The worker was last seen %(span)s ago: no calls are created and no messages go out.",
        span=_span(seen.ago.total_seconds()),
    )


def no_messages(seen: WorkerSeen) -> str:
    """The same for somebody who waits for a test."""
    if seen.ago is None:
        return _("No worker has run yet: no messages go out. Your test is kept and goes out later.")
    return _(
        "The worker was last seen %(span)s ago: no messages go out. Your test is kept and goes "
        "out when it is back.",
        span=_span(seen.ago.total_seconds()),
    )


def _span(seconds: float) -> str:
    return times.minutes(max(seconds / 60, 1))
