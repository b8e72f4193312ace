"""A phone network that records calls: asked to begin, asked what became of it, asked to forget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from callassist.ports.webhook import WebhookRequest


class SoundStatus(StrEnum):
    """What the network has."""

    GOING_ON = "going_on"
    READY = "ready"
    NONE = "none"  # nothing was recorded, or it failed


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A recording as the network tells it."""

    recording_id: str
    call_id: str
    status: SoundStatus
    seconds: int | None = None


@runtime_checkable
class CanRecord(Protocol):
    """Each method raises TransientError when the network was not reached or is unclear."""

    def begin_recording(self, call_id: str, callback_url: str) -> Sound | None:
        """Record both sides of a call from now on; the recording that it has already, if any.

        None when the call is over, so that there is nothing to record.
        """
        ...

    def recordings_of(self, call_id: str) -> list[Sound]:
        """Every recording of a call that the network has."""
        ...

    def fetch_sound(self, recording_id: str) -> bytes | None:
        """The sound as MP3; None when the network has it no more."""
        ...

    def forget_sound(self, recording_id: str, call_id: str) -> None:
        """Have it deleted, and see that it is gone; fine when it was gone before."""
        ...

    def parse_recording(self, request: WebhookRequest) -> Sound:
        """Of a verified report; InvalidInput for one that makes no sense."""
        ...
