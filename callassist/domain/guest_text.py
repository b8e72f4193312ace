"""The life of one automatic text to a guest."""

from __future__ import annotations

from enum import StrEnum


class TextState(StrEnum):
    """Forward only; `NOT_SENT`, `DELIVERED` and `UNDELIVERED` are final."""

    WAITING = "waiting"  # for its turn
    SENDING = "sending"  # the network is being asked
    MAKER_TEXTS = "maker_texts"  # the sensor's maker texts the guest itself
    IN_DOUBT = "in_doubt"  # no answer came; never sent again, a report may still settle it
    ACCEPTED = "accepted"  # by the network
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    NOT_SENT = "not_sent"


SETTLED = (TextState.DELIVERED, TextState.UNDELIVERED, TextState.NOT_SENT)


class Obstacle(StrEnum):
    """Why no text goes out, before consent, stop list and hours are asked; logged as it is."""

    SHADOW = "shadow"
    NOISE_ENDED = "noise_ended"
    CALL_REQUESTED = "call_requested"  # a person phones already
    UNHEARD = "unheard"  # the breach is frozen
    NOT_LOUD = "not_loud"  # nothing loud within `calm_after`
    LATE = "late"  # the service was down when it was due
    RESTORED = "restored"  # a restored copy contacts nobody
    NOT_CONFIGURED = "not_configured"  # the phone network sends no texts
    STAY_CHANGED = "stay_changed"
    LANDLINE = "landline"  # it was looked up: nobody reads a text there
    MAKER_TEXTS = "maker_texts"  # the sensor's maker texts the guest itself
    IN_DOUBT = "in_doubt"  # the network did not say whether it took it
    REFUSED_THERE = "refused_there"  # the host's booking system took no message
