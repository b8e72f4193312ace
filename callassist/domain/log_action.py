"""Every kind of entry in the incident log; reports and timelines are read from these."""

from __future__ import annotations

from enum import StrEnum


class LogAction(StrEnum):
    """Past tense: the log says what happened. The comment names the keys of `data`."""

    INCIDENT_OPENED = "incident_opened"  # by, breach_id, began_at, complaint_at, stay_id, repeat_of
    CALL_REQUESTED = "call_requested"  # party, reason, minutes, stay_id
    GUEST_WARNED = "guest_warned"  # step, channel: sms, conversation; sent: true, false, unknown;
    # reason
    AUTOMATIC_CALL = "automatic_call"  # task_id, made: true or false, reason
    GUEST_WROTE = "guest_wrote"  # reply_id, open
    REPLY_READ = "reply_read"  # reply_id, by: host, operator, supervisor
    TEXT_REPORTED = "text_reported"  # step, status: delivered, undelivered
    TASK_QUEUED = "task_queued"  # task_id, party, attempt_number, available_at, language
    TASK_OFFERED = "task_offered"  # task_id, operator_id, desk_name
    OFFER_ENDED = "offer_ended"  # task_id, operator_id, ending: declined, missed, withdrawn; why
    PHONE_RUNG = "phone_rung"  # task_id | needs_you_id, ring_id, about, desk_name, passed_over
    RING_ENDED = "ring_ended"  # ring_id, ending
    RESULT_ASKED = "result_asked"  # task_id, ring_id, by: key, text, mail; of who holds the phone
    TASK_TAKEN = "task_taken"  # task_id, operator_id, desk_name
    TASK_RETURNED = "task_returned"  # task_id, reason
    TASK_CANCELLED = "task_cancelled"  # task_id, reason
    LAST_LOOK = "last_look"  # task_id, verdict: loud, unknown, quiet, no_sensor
    NUMBER_CHOSEN = "number_chosen"  # task_id, stay_number_id | host_contact_id, mask, number_hash
    DIAL_STARTED = "dial_started"  # attempt_id, task_id, dial_number, party, attempt_number, mask
    DIAL_IN_DOUBT = "dial_in_doubt"  # attempt_id
    DIAL_SETTLED = "dial_settled"  # attempt_id, how: found, not_found, impossible
    DIAL_ENDED = "dial_ended"  # attempt_id, outcome, talk_seconds
    RESULT_SAVED = "result_saved"  # task_id, attempt_id, party, attempt_number, result, counted,
    # outcome, desk_name, has_note
    NOTE_CORRECTED = "note_corrected"  # task_id, operator_id, desk_name
    NUMBER_REFUSED = "number_refused"  # stay_number_id | host_contact_id, mask, reason, country
    CAP_REACHED = "cap_reached"  # kind, cap, stopped: true or false
    NUMBER_FLAGGED = "number_flagged"  # stay_number_id | host_contact_id, mask, reason
    GUEST_STOPPED = "guest_stopped"  # number_hash
    SUPERVISOR_PAGED = "supervisor_paged"  # task_id, reason, to
    HOST_TOLD = "host_told"  # kind, reason
    LANGUAGE_SET = "language_set"  # language
    GUEST_ANSWERED = "guest_answered"  # answer, via
    DIALLING_HELD = "dialling_held"  # until
    BREACH_FROZEN = "breach_frozen"  # since
    BREACH_THAWED = "breach_thawed"  # at
    NOISE_ENDED = "noise_ended"  # at, reason
    STATE_CHANGED = "state_changed"  # from, to, event
    STILL_LOUD = "still_loud"  # minutes
    PAUSED = "paused"  # until
    TAKEN_OVER = "taken_over"  # by
    CANCELLED = "cancelled"  # by
    ACKNOWLEDGED = "acknowledged"  # needs_you_id, by
    PHONED_BACK = "phoned_back"  # party, call_id, heard
    AUDIT_ALARM = "audit_alarm"  # finding
    INCIDENT_CLOSED = "incident_closed"  # resolution, minutes_to_quiet
    RECORDING_ASKED = "recording_asked"  # attempt_id, rule: key, announce; recorded
    GUEST_ERASED = "guest_erased"  # stay_id
    HOST_NOTED = "host_noted"  # note_id
    FALSE_ALARM = "false_alarm"  # kind
    CALLS_STOPPED = "calls_stopped"  # stay_id, by
    CALLS_ALLOWED = "calls_allowed"  # stay_id, by
    NOTE_WRITTEN = "note_written"  # on the reservation; written: true, false, unknown
    REPORT_SHARED = "report_shared"  # share_id, until
    SHARE_REVOKED = "share_revoked"  # share_id
    EVIDENCE_TAKEN = "evidence_taken"  # by: person id
