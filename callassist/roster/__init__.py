"""Who takes the calls: desks, shifts, presence, and who of an account is rung at night."""

from __future__ import annotations

from callassist.roster.breaks import breaks_of, plan_break, planned_break
from callassist.roster.desk_notes import (
    leave_note,
    note_training,
    notes_for,
    preferences,
    set_preferences,
)
from callassist.roster.desks import (
    agreement_for,
    desk_duty_phone,
    desk_for,
    speaks,
)
from callassist.roster.duty import (
    DutyInput,
    add_duty,
    duty_between,
    duty_now,
    duty_spans,
    remove_duty,
)
from callassist.roster.presence import available, count_miss, heartbeat, lost, set_presence
from callassist.roster.shifts import (
    add_shift,
    anyone_on_shift_speaks,
    coming_cover,
    move_shift,
    on_shift,
    remove_shift,
    rostered,
    shifts,
)

__all__ = [
    "DutyInput",
    "add_duty",
    "add_shift",
    "agreement_for",
    "anyone_on_shift_speaks",
    "available",
    "breaks_of",
    "coming_cover",
    "count_miss",
    "desk_duty_phone",
    "desk_for",
    "duty_between",
    "duty_now",
    "duty_spans",
    "heartbeat",
    "leave_note",
    "lost",
    "move_shift",
    "note_training",
    "notes_for",
    "on_shift",
    "plan_break",
    "planned_break",
    "preferences",
    "remove_duty",
    "remove_shift",
    "rostered",
    "set_preferences",
    "set_presence",
    "shifts",
    "speaks",
]
