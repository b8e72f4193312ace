"""How it stands with one broker."""

from __future__ import annotations

from enum import StrEnum


class BrokerState(StrEnum):
    """What the last attempt to listen came to."""

    WAITING = "waiting"  # nobody has tried yet
    CONNECTED = "connected"  # and the broker took our subscription
    UNKNOWN_NAME = "unknown_name"  # no address for the host name
    PRIVATE = "private"  # its address is inside a network of its own
    UNREACHABLE = "unreachable"  # nobody answers there
    CERTIFICATE = "certificate"  # it does not prove that it is the named broker
    REFUSED = "refused"  # user name or password
    TOPIC_REFUSED = "topic_refused"  # this user may not read this topic
    LOST = "lost"  # it was connected; it tries again
