"""Words of the supervisor's pages; English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.supervision import InterventionKind, Reason
from callassist.web.translate import lazy_gettext as _l

REASON: Mapping[str, LazyString] = {
    Reason.URGENT: _l("It is urgent"),
    Reason.LANGUAGE: _l("Language"),
    Reason.NOT_RESPONDING: _l("The operator does not respond"),
    Reason.SHIFT_CHANGE: _l("Change of shift"),
    Reason.TECHNICAL: _l("Technical trouble"),
    Reason.TRAINING: _l("Training"),
    Reason.OTHER: _l("Another reason"),
}
INTERVENTION: Mapping[str, LazyString] = {
    InterventionKind.ASSIGNED: _l("assigned a call to %(who)s"),
    InterventionKind.TAKEN_BACK: _l("took a call back from %(who)s"),
    InterventionKind.WRAP_UP_FINISHED: _l("finished the wrap-up of %(who)s"),
    InterventionKind.STATUS_SET: _l("set the status of %(who)s"),
    InterventionKind.HOST_TOLD: _l("told the host that nobody takes the call"),
}
SENTENCE: Mapping[str, LazyString] = {  # of a script, by its key there
    "greeting": _l("Greeting"),
    "who": _l("Who calls"),
    "where": _l("Where"),
    "reason": _l("Why we call"),
    "request": _l("What we ask"),
    "answer": _l("Asking for an answer"),
    "thanks": _l("Thanks"),
    "again": _l("That it is loud again"),
    "earlier": _l("The call before"),
    "message": _l("The message"),
    "next_steps": _l("What comes next"),
    "reference": _l("The reference"),
    "someone_else": _l("Somebody else answers"),
    "not_there": _l("The guest booked but is not there"),
    "not_us": _l("“It is not us”"),
    "how_do_you_know": _l("“How do you know?”"),
    "who_are_you": _l("“Who are you?”"),
    "wont_listen": _l("Will not keep it down"),
    "angry": _l("Angry or insulting"),
    "do_not_call": _l("“Do not call me again”"),
    "call_back": _l("“Call me later”"),
    "recorded": _l("“Is this call recorded?”"),
    "language": _l("Speaks another language"),
}
