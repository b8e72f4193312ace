"""Where a phone network reports a dial and asks about it; the token in each is the attempt's."""

from __future__ import annotations

from callassist.escalation.context import Escalation
from callassist.models import CallAttempt, IncomingCall


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


def announce_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """What the called party hears first is asked here."""
    return f"{called_leg_url(ctx, attempt)}/announce"


def consent_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """What they answered is told here."""
    return f"{called_leg_url(ctx, attempt)}/consent"


def recording_url(ctx: Escalation, attempt: CallAttempt) -> str:
    """What became of the recording is reported here."""
    return f"{called_leg_url(ctx, attempt)}/recording"


def incoming_url(ctx: Escalation, call: IncomingCall, question: str = "") -> str:
    """What to do with a call that came in is asked here; without a question its other leg's reports
    come here."""
    base = f"{ctx.public_url.rstrip('/')}/hooks/telephony/{call.provider}/{call.token}"
    return f"{base}/{question}" if question else base
