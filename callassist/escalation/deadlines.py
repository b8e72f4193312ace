"""Every durable deadline of escalation: its timer kind and what its subject is."""

from __future__ import annotations

from enum import StrEnum


class Deadline(StrEnum):
    """Timer kinds; the comment names the subject and what happens when it is due."""

    # written by detection, subject: breach id
    BREACH_OPEN = "breach_open"  # open_after into the breach: open an incident, watching
    BREACH_DUE = "breach_due"  # noise persisted: request the call
    BREACH_ENDED = "breach_ended"
    BREACH_FROZEN = "breach_frozen"
    BREACH_THAWED = "breach_thawed"
    # subject: incident id
    LADDER_STEP = "ladder_step"  # 10 and 20 min into the breach: a text to the guest, or why not
    STILL_LOUD = "still_loud"  # 15 min after the contact: needs_you
    PRACTICE_STEP = "practice_step"  # what nobody does of a practice alert, the robot does
    LEADER_LEFT = "leader_left"  # homes that joined its calls to the guest go on without it
    FOLLOW_UP_OVER = "follow_up_over"  # 30 min after the contact: close, perhaps repeat
    # subject: property id
    REARM_DUE = "rearm_due"  # 60 min after closing: noise that still runs opens again
    # subject: call task id
    TASK_AVAILABLE = "task_available"  # hand it out
    OFFER_EXPIRED = "offer_expired"
    ASSIGNED_IDLE = "assigned_idle"  # taken, not dialled for 2 min: back to the queue
    WRAP_UP_OVER = "wrap_up_over"  # ask the supervisor
    WRAP_UP_CLOSED = "wrap_up_closed"  # the network's fact alone completes it
    ANY_LANGUAGE = "any_language"  # nobody speaks it: anybody may take it
    NOBODY_PAGE = "nobody_page"  # 5 min untaken: page the supervisor
    NOBODY_TELL = "nobody_tell"  # 10 min untaken: automatic voice call, else tell the host
    AUTOMATIC_CALL = "automatic_call"  # the host was told already: an automatic voice call alone
    NOBODY_GIVE_UP = "nobody_give_up"  # 30 min untaken: phone the host, or nobody reached
    RING_TURN = "ring_turn"  # on call: the phone of the next one on duty rings
    # subject: phone ring id
    RING_DOUBT = "ring_doubt"  # no word of a ring: look it up
    RING_POLL = "ring_poll"  # no end of a ring: ask the network
    # subject: desk id
    DISPATCH = "dispatch"  # a decline or a hold has passed: look at the queue again
    # subject: call attempt id
    ATTEMPT_DOUBT = "attempt_doubt"  # no word of a dial: look it up
    ATTEMPT_POLL = "attempt_poll"  # no end of a call: ask the network
    PHONE_RESULT = "phone_result"  # a call taken by phone has ended: its result is asked by link
    # subject: operator id
    PRESENCE_LOST = "presence_lost"  # no heartbeat for 60 s


WAITING_DEADLINES = (
    Deadline.TASK_AVAILABLE,
    Deadline.ANY_LANGUAGE,
    Deadline.NOBODY_PAGE,
    Deadline.NOBODY_TELL,
    Deadline.AUTOMATIC_CALL,
    Deadline.NOBODY_GIVE_UP,
    Deadline.RING_TURN,
)
TASK_DEADLINES = (
    *WAITING_DEADLINES,
    Deadline.OFFER_EXPIRED,
    Deadline.ASSIGNED_IDLE,
    Deadline.WRAP_UP_OVER,
    Deadline.WRAP_UP_CLOSED,
)
FOLLOW_UP_DEADLINES = (Deadline.STILL_LOUD, Deadline.FOLLOW_UP_OVER)
