"""Is this a number that can be dialled? Asked while somebody types; said again when they save."""

from __future__ import annotations

import phonenumbers
from babel import Locale
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from callassist.accounts.properties import find_property
from callassist.domain.language import language_of_country
from callassist.domain.phone import is_example, parse_number
from callassist.errors import InvalidInput
from callassist.web.languages import language
from callassist.web.pages import asking, words
from callassist.web.pages.refusals import in_words
from callassist.web.translate import gettext as _

_LONGEST = 60


def check() -> ResponseReturnValue:
    """What a number is, in words; the number itself comes in the body and is kept nowhere."""
    with asking.reading() as session:
        home = find_property(session, asking.host(), request.form.get("home", ""))
    asking.host().require_write(home.account_id)
    written = request.form.get("number", "")[:_LONGEST].strip()
    try:
        number = parse_number(written, home.country)
    except InvalidInput as error:
        tone = "watch" if is_example(written, home.country) else "loud"
        return jsonify(ok=False, said=in_words(error), tone=tone)
    country = Locale(language()).territories.get(number.country, "")
    spoken = language_of_country(number.country)
    return jsonify(
        ok=True,
        tone="calm",
        said=_("Can be dialled: %(number)s", number=_grouped(number.e164))
        + (f" ({country})" if country else ""),
        language=spoken,
        guess=_("%(language)s, guessed from the number", language=words.spoken(spoken))
        if spoken
        else "",
    )


def _grouped(e164: str) -> str:
    """As people read it."""
    return phonenumbers.format_number(
        phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
