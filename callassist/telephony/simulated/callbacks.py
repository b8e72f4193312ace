"""The wire form of a callback: signed form fields, in the manner of real networks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from callassist.domain.dial import LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import InvalidInput
from callassist.ports.telephony import WebhookRequest

SIGNATURE_HEADER = "X-Simulated-Signature"

_CALL_ID = re.compile(r"SIM[0-9a-f]{32}")
_SMALL_NUMBER = re.compile(r"[0-9]{1,6}")


def form_of(event: LegEvent, masked_to: str) -> dict[str, str]:
    """The fields that tell one report; the number only masked."""
    form = {
        "CallId": event.call_id,
        "Sequence": str(event.sequence),
        "Status": str(event.status),
        "At": event.at.isoformat(),
        "To": masked_to,
    }
    if event.outcome is not None:
        form["Outcome"] = str(event.outcome)
    if event.talk_seconds is not None:
        form["TalkSeconds"] = str(event.talk_seconds)
    return form


def signature(secret: str, url: str, form: Mapping[str, str]) -> str:
    """Base64 HMAC-SHA256 over the address and each field, each with its length before it.

    The lengths keep `a=bc` and `ab=c` apart.
    """
    parts = [url, *(part for name in sorted(form) for part in (name, form[name]))]
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hmac.new(secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


def is_signed(secret: str, request: WebhookRequest) -> bool:
    """Whether the signature fits address and form; compared in constant time."""
    sent = next(
        (
            value
            for name, value in request.headers.items()
            if name.lower() == SIGNATURE_HEADER.lower()
        ),
        "",
    )
    expected = signature(secret, request.url, request.form)
    return hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode())


def event_of(form: Mapping[str, str]) -> LegEvent:
    """The report told by the fields; InvalidInput names the field that makes no sense."""
    status = _status(form.get("Status", ""))
    ended = status is LegStatus.ENDED
    return LegEvent(
        call_id=call_id_of(form.get("CallId", "")),
        sequence=_small_number("Sequence", form.get("Sequence", "")),
        status=status,
        at=_instant(form.get("At", "")),
        outcome=_outcome(form.get("Outcome", "")) if ended else None,
        talk_seconds=_small_number("TalkSeconds", form["TalkSeconds"])
        if ended and "TalkSeconds" in form
        else None,
    )


def call_id_of(text: str) -> str:
    """The id of one of our calls; InvalidInput for anything else."""
    if not _CALL_ID.fullmatch(text):
        raise InvalidInput("expected SIM and 32 hex digits", "CallId")
    return text


def _small_number(field: str, text: str) -> int:
    if not _SMALL_NUMBER.fullmatch(text):
        raise InvalidInput("expected a whole number from 0", field)
    return int(text)


def _status(text: str) -> LegStatus:
    try:
        return LegStatus(text)
    except ValueError:
        raise InvalidInput(f"expected one of {', '.join(LegStatus)}", "Status") from None


def _outcome(text: str) -> AttemptOutcome:
    try:
        return AttemptOutcome(text)
    except ValueError:
        raise InvalidInput(f"expected one of {', '.join(AttemptOutcome)}", "Outcome") from None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("expected an ISO 8601 instant", "At") from None
    if at.tzinfo is None:
        raise InvalidInput("expected an instant with its offset, like +00:00", "At")
    return at
