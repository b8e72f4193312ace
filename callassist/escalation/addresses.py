"""Where a phone network reports a dial and asks about it; the token in each is the attempt's."""

from __future__ import annotations

from callassist.escalation.context import Escalation
from callassist.models import CallAttempt


def called_leg_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """Where the leg of the guest or host is reported."""
    base = ctx.public_url.rstrip("/")
    return f"{base}/hooks/telephony/{attempt.provider}/{attempt.dial_token}"


def operator_leg_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """Where the operator's own leg is reported."""
    return f"{called_leg_url(ctx, attempt)}/operator"


def asked_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """What to do when the operator's phone was picked up is asked here."""
    return f"{called_leg_url(ctx, attempt)}/ask"


def pressed_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """The key that the operator pressed is told here."""
    return f"{called_leg_url(ctx, attempt)}/pressed"


def after_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """What to do when the called leg is over is asked here."""
    return f"{called_leg_url(ctx, attempt)}/after"
