"""Whether the account can phone now; each thing that is wrong in a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator

from callassist.errors import PermanentError, TransientError
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question, sentence
from callassist.telephony.twilio.rest import Rest

BROWSER_PATH = "/hooks/telephony/twilio/browser"  # web/hooks_telephony.py answers there


def check_account(rest: Rest, settings: TwilioSettings, public_url: str) -> None:
    """TransientError when the network cannot be asked; PermanentError lists what is wrong."""
    try:
        problems = list(_problems(rest, settings, public_url))
    except NoAnswer as error:
        raise of_a_question(error) from None
    except Refused as refused:
        if refused.is_rate:
            raise TransientError(sentence(refused), refused.retry_after) from None
        raise PermanentError(sentence(refused)) from None
    if problems:
        raise PermanentError("; ".join(problems))


def _problems(rest: Rest, settings: TwilioSettings, public_url: str) -> Iterator[str]:
    status = rest.account_status()
    if status != "active":
        yield f"the account is {status}: see the first page of Twilio's console for why"
        return
    if not rest.has_number(settings.caller_id):
        yield (
            "CALLASSIST_TWILIO_CALLER_ID is not a number of the account: buy it, or verify it "
            "under Verified Caller IDs"
        )
    if settings.has_softphone:
        yield from _application(rest, settings.application_sid, public_url)


def _application(rest: Rest, sid: str, public_url: str) -> Iterator[str]:
    found = rest.application(sid)
    ours = public_url.rstrip("/") + BROWSER_PATH
    if found is None:
        yield (
            "CALLASSIST_TWILIO_APPLICATION_SID is not an application of the account: copy it "
            "from TwiML Apps"
        )
        return
    url, method = found
    if url != ours:
        yield f"the application's voice address is not ours: write {ours}"
    elif method != "POST":
        yield "the application asks its voice address by GET: choose HTTP POST"
