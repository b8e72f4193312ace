"""Whether typed credentials work: each secret by itself, none by another's luck."""

from __future__ import annotations

from dataclasses import replace

from callassist.errors import InvalidInput, TransientError
from callassist.settings import TwilioSettings
from callassist.telephony.twilio.checking import check_account
from callassist.telephony.twilio.refusals import NoAnswer, Refused, of_a_question
from callassist.telephony.twilio.rest import Rest


def try_out(settings: TwilioSettings, public_url: str, name: str) -> None:
    """Real requests. InvalidInput names the field; TransientError when nobody answered."""
    for field in ("auth_token", "auth_token_secondary"):
        token = getattr(settings, field)
        if token:
            _ask(replace(settings, auth_token=token, auth_token_secondary=""), field)
    if settings.api_key_sid:
        _ask_by_key(settings)
    check_account(Rest(settings), settings, public_url, name)


def _ask(settings: TwilioSettings, field: str) -> None:
    try:
        Rest(settings).account_status()
    except Refused as refused:
        if refused.is_rate:
            raise of_a_question(refused) from None
        raise InvalidInput("the network does not accept it with this account", field) from None
    except NoAnswer as error:
        raise of_a_question(error) from None


def _ask_by_key(settings: TwilioSettings) -> None:
    """A list of calls, which every kind of key may read; it is not looked at."""
    try:
        Rest(settings).by_key().is_let_in()
    except Refused as refused:
        if refused.is_rate:
            raise of_a_question(refused) from None
        raise InvalidInput("the network does not accept key and secret", "api_key_secret") from None
    except NoAnswer as error:
        raise TransientError(of_a_question(error).detail) from None
