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
}
