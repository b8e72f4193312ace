"""Between "call" and the moment in which a number is handed out the operator's own line comes up.

That takes up to a minute, in which the guest, the host or the stay may have changed.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.escalation.choosing import DialTarget, guest_target, host_target
from callassist.escalation.joined import incidents_of
from callassist.escalation.last_look import QUIET, last_look
from callassist.escalation.phoning_now import phones_now
from callassist.models import CallAttempt, CallTask, HostContact, Incident, StayNumber


def may_still_be_dialled(
    session: Session, attempt: CallAttempt, task: CallTask, incident: Incident, now: datetime
) -> bool:
    """Whether this very number is to be dialled as things stand now (locks are held)."""
    if last_look(session, incident, task, now) == QUIET:
        return False
    if incident.practice:
        return True
    same = partial(_has, index=attempt.number_index)
    about = [one.id for one in incidents_of(session, incident)]
    if phones_now(session, about, now) is not None:
        return False  # they would find their own line engaged
    if task.party == Party.HOST:
        return host_target(session, incident, 1, passes=same) is not None
    is_held = incident.held_until is not None and incident.held_until > now
    target = guest_target(session, incident, now, passes=same)
    return isinstance(target, DialTarget) and not is_held


def _has(number: StayNumber | HostContact, index: str) -> bool:
    """Whether this is the number that was chosen when call was pressed."""
    own = number.phone_index if isinstance(number, HostContact) else number.number_index
    return own == index
