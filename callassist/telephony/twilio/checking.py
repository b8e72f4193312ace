"""Whether the account can phone now; each thing that is wrong in a sentence with what to do."""

from __future__ import annotations

from collections.abc import Iterator

from callassist.errors import PermanentError, TransientError
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question, sentence
from callassist.telephony.twilio.rest import Rest

BROWSER_PATH = "/hooks/telephony/{name}/browser"  # web/hooks_telephony.py answers there


# how the service's own settings are called; an account's owner knows them by their fields
_SERVICE = (
    "CALLASSIST_TWILIO_CALLER_ID",
    "CALLASSIST_TWILIO_APPLICATION_SID",
    "CALLASSIST_TWILIO_API_KEY_SID",
)
_OWNER = ("the caller id", "the application", "the API key")


def check_account(
    rest: Rest, settings: TwilioSettings, public_url: str, name: str = "twilio"
) -> None:
    """TransientError when the network cannot be asked; PermanentError lists what is wrong."""
    asked_at = public_url.rstrip("/") + BROWSER_PATH.format(name=name)
    words = _SERVICE if name == "twilio" else _OWNER
    try:
        problems = list(_problems(rest, settings, asked_at, words))
    except NoAnswer as error:
        raise of_a_question(error) from None
    except Refused as refused:
        if refused.is_rate:
            raise TransientError(sentence(refused), refused.retry_after) from None
        raise PermanentError(sentence(refused)) from None
    if problems:
        raise PermanentError("; ".join(problems))


def _problems(
    rest: Rest, settings: TwilioSettings, asked_at: str, words: tuple[str, str, str]
) -> Iterator[str]:
    caller_id, application, key = words
    status = rest.account_status()
    if status != "active":
        yield f"the account is {status}: see the first page of Twilio's console for why"
        return
    if not rest.has_number(settings.caller_id):
        yield (
            f"{caller_id} is not a number of the account: buy it, or verify it "
            "under Verified Caller IDs"
        )
    if settings.has_softphone:
        yield from _application(rest, settings.application_sid, asked_at, application)
        yield from _api_key(rest, key)


def _application(rest: Rest, sid: str, asked_at: str, named: str) -> Iterator[str]:
    found = rest.application(sid)
    if found is None:
        yield (f"{named} is not an application of the account: copy it from TwiML Apps")
        return
    url, method = found
    if url != asked_at:
        yield f"the application's voice address is not ours: write {asked_at}"
    elif method != "POST":
        yield "the application asks its voice address by GET: choose HTTP POST"


def _api_key(rest: Rest, named: str) -> Iterator[str]:
    """Nothing else asks with it: a wrong one would show at the first call, as no line."""
    try:
        rest.by_key().is_let_in()
    except Refused as refused:
        if refused.is_rate:
            raise
        yield (
            f"{named} and its secret are not accepted, so no browser is given a line: "
            "make a key of type Standard and copy both"
        )
