"""What a browser is nudged about; it then asks for the page's part itself (DESIGN 4, Web)."""

from __future__ import annotations

from enum import StrEnum


class NudgeKind(StrEnum):
    """What changed, never how: a nudge has this and a public id."""

    QUEUE = "queue"  # the call tasks of a desk; id of the desk
    TASK = "task"  # one call task
    PRESENCE = "presence"  # what an operator does; id of the operator
    RING = "ring"  # a call rings at somebody's browser, or does no longer; id of the operator
    SHIFT = "shift"  # who is rostered, at a desk or on duty
    INCIDENT = "incident"
    HOME = "home"  # noise, cover, guests, sensors, pause; id of the home
    ALARM = "alarm"  # a needs-you alarm
    NOTICE = "notice"  # a message that was sent, or where messages go
    CONNECTION = "connection"  # a booking system: read, failing, done; id of the connection
    ACCESS = "access"  # what a person may see; never leaves the server
