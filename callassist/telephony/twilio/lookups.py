"""Twilio's Lookup v2: does the number exist, and what kind of line is it?

https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
"""

from __future__ import annotations

from callassist.domain.line_type import LineType
from callassist.errors import PermanentError
from callassist.ports.number_lookup import NumberInfo
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question, sentence
from callassist.telephony.twilio.rest import Rest

_KINDS = {
    "mobile": LineType.MOBILE,
    "landline": LineType.LANDLINE,
    "fixedVoip": LineType.INTERNET,
    "nonFixedVoip": LineType.INTERNET,
    "tollFree": LineType.TOLL_FREE,
    "premium": LineType.PREMIUM,
    "sharedCost": LineType.PREMIUM,
}


def look_up(rest: Rest, e164: str) -> NumberInfo:
    """The answer in our words; a kind that we do not know is unknown."""
    try:
        is_valid, kind = rest.number(e164)
    except NoAnswer as error:
        raise of_a_question(error) from None
    except Refused as refused:
        if refused.is_rate or refused.is_sign_in:
            raise of_a_question(refused) from None
        raise PermanentError(sentence(refused)) from None
    return NumberInfo(is_valid=is_valid, line_type=_KINDS.get(kind, LineType.UNKNOWN))
