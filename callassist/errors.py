"""Our error tree: every error says whether trying again can help and what a person can do."""

from __future__ import annotations

from datetime import datetime


class CallAssistError(Exception):
    """Base of all our errors; `detail` is a sentence that a person can act on."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class TransientError(CallAssistError):
    """Trying again later can help (time-out, 5xx, rate limit, locked database)."""

    def __init__(self, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NotYet(TransientError):
    """Nothing failed: its turn comes after `retry_after` real seconds, and this was no try.

    Who knows the instant of the turn, by the service's clock, says it with `turn_at`: what writing
    this down takes then comes off the wait.
    """

    def __init__(self, detail: str, retry_after: float, turn_at: datetime | None = None) -> None:
        super().__init__(detail)
        self.retry_after: float = retry_after
        self.turn_at = turn_at


class PermanentError(CallAssistError):
    """Trying again cannot help; somebody has to change something first."""


class InvalidInput(PermanentError):
    """A value was refused; `field` names it (dotted path), `detail` says what to do."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail if field is None else f"{field}: {detail}")
        self.field = field


class NotFound(PermanentError):
    """The thing does not exist, or is not the viewer's: the two are never told apart."""


class Forbidden(PermanentError):
    """The viewer is known and may see the thing, but not do this with it."""


class Conflict(PermanentError):
    """The thing is in a state in which this cannot be done (taken, closed, used already)."""


class IllegalMove(Conflict):
    """The table of moves has no entry for this event in this state; the refusal is named."""


class SettingsError(PermanentError):
    """A setting has a bad value; the message names the setting."""


class ServiceBusy(TransientError):
    """We cannot take more right now; answered as 503 with Retry-After."""
