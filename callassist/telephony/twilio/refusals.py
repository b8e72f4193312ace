"""What Twilio's refusals and silences mean for a dial or a question, and what to do about them.

Twilio's own sentences are never passed on: they repeat the number.
"""

from __future__ import annotations

from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.ports.telephony import CallInDoubt, RateLimited, RefusedCall

_NOT_SENT_RETRY_SECONDS = 2.0

_INVALID_NUMBER = {
    21211: "the number is not valid",
    21214: "the number cannot be reached",
    21217: "the number is not valid",
    21401: "the number is not valid",
}

# https://www.twilio.com/docs/api/errors
_WHAT_TO_DO = {
    10004: "too many calls at once: complete the account's business profile to raise the limit",
    20003: "the account or its token is wrong: copy both again from the console",
    20005: "the account is not active: see the console for why",
    20404: "the account or the path is unknown: check the account's SID, base_url and path_prefix",
    21205: "an address of ours is refused: CALLASSIST_PUBLIC_URL must be reachable from outside",
    21210: "the caller id is not one of the account's numbers: buy or verify it, or change it",
    21212: "the caller id is not a phone number: write it like +442071838750",
    21215: "calls to this country are switched off: allow it under Voice, Geo Permissions",
    21216: "Twilio blocks calls to this number: ask its support, or complete the business profile",
    21219: "a trial account phones verified numbers only: verify this one, or upgrade the account",
    21408: "texts to this country are switched off: allow it under Messaging, Geo Permissions",
    21610: "the number asked for no more texts; it has to write START itself",
    21614: "the number takes no texts",
    21606: "the caller id cannot be used here: choose another of the account's numbers",
}
_ACCOUNT = (20005, 20404, 10002, 21210, 21212)  # of the account itself, or of its only caller id
_OTHERWISE = "see its page under https://www.twilio.com/docs/api/errors"


class Refused(Exception):
    """Twilio answered that it will not; it says so with its own code, or with HTTP's."""

    def __init__(self, status: int, code: int, retry_after: float | None = None) -> None:
        super().__init__(f"HTTP {status}, error {code}")
        self.status = status
        self.code = code
        self.retry_after = retry_after

    @property
    def is_rate(self) -> bool:
        """Too many requests at once: never processed."""
        return self.status == 429 or self.code == 20429

    @property
    def is_sign_in(self) -> bool:
        """The account or its token was not accepted."""
        return self.status == 401 or self.code == 20003


class NoAnswer(Exception):
    """No answer that can be believed came; `sent` says whether the request may have arrived."""

    def __init__(self, what: str, *, sent: bool) -> None:
        super().__init__(what)
        self.what = what
        self.sent = sent


def of_a_dial(error: Refused | NoAnswer) -> RefusedCall | RateLimited | CallInDoubt:
    """What the port says of a call that was not simply accepted.

    A request that provably never left (no connection came about) may be made again like one that
    was refused for its rate; everything else that stayed without an answer is in doubt.
    """
    if isinstance(error, NoAnswer):
        if error.sent:
            return CallInDoubt(f"Twilio did not answer ({error.what}); the call may ring")
        return RateLimited(
            f"Twilio was not reached ({error.what}), so the call was not placed",
            _NOT_SENT_RETRY_SECONDS,
        )
    if error.is_rate:
        return RateLimited(sentence(error), error.retry_after)
    outcome = AttemptOutcome.PROVIDER_ERROR
    if error.code in _INVALID_NUMBER:
        outcome = AttemptOutcome.INVALID_NUMBER
    is_account = error.is_sign_in or error.code in _ACCOUNT
    return RefusedCall(sentence(error), outcome, str(error.code), is_account=is_account)


def of_a_question(error: Refused | NoAnswer) -> TransientError:
    """What the port says when Twilio could not be asked, whatever the reason: ask again later.

    A token that was replaced or an account that was suspended is put right by a person meanwhile;
    taking it for an answer would settle a call of which nothing is known.
    """
    if isinstance(error, NoAnswer):
        return TransientError(f"Twilio did not answer ({error.what})")
    return TransientError(sentence(error), error.retry_after)


def sentence(error: Refused) -> str:
    """The refusal with its code and what a person can do."""
    code = 20003 if error.is_sign_in else error.code
    if error.is_rate:
        return "Twilio takes no more requests at the moment"
    what = _INVALID_NUMBER.get(code) or _WHAT_TO_DO.get(code, _OTHERWISE)
    return f"Twilio refused (error {error.code}): {what}"
