"""Which numbers are dialled: never a costly kind, and only in the countries of an account."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callassist.domain.dialable import may_dial
from callassist.domain.phone import parse_number
from callassist.errors import InvalidInput

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
COSTLY = (
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+33899123456", "premium-rate"),
        ("+449098790879", "premium-rate"),
        ("+19002345678", "premium-rate"),
        ("+979123456789", "premium-rate"),
        ("+33810123456", "shared-cost"),
        ("+80812345678", "shared-cost"),
        ("+870301234567", "satellite"),
        ("+881612345678", "satellite"),
        ("+882161234567", "satellite"),
        ("+883510012345678", "satellite"),
        ("+33112", "short number"),
        ("+33118712", "short number"),
        ("+1911", "short number"),
        ("+999123456789", "not a phone number"),
        ("+331234", "cannot exist"),
        ("", "not a phone number"),
        ("client:ann", "not a phone number"),
        ("sip:a@b.example", "not a phone number"),
    ],
)
def test_a_costly_or_impossible_number_is_never_dialled(number: str, said: str):
    for allowed in (None, REGIONS):
        assert said in (may_dial(number, allowed) or "")


def test_a_number_is_dialled_where_its_country_is_allowed():
    assert may_dial("+12025550101", None) is None
    assert may_dial("+12025550101", ["us", "FR"]) is None
    assert may_dial("+12025550101", ("FR",)) == (
        "numbers in US are not dialled for this account; an owner can allow them in its settings"
    )


def test_countries_that_share_a_code_are_told_apart():
    jamaica = "+18762101234"
    assert "numbers in JM" in (may_dial(jamaica, {"US", "CA"}) or "")
    assert may_dial(jamaica, {"JM"}) is None


def test_a_number_of_no_country_has_to_be_allowed_by_name():
    freephone = "+80012345678"
    assert "no country" in (may_dial(freephone, REGIONS) or "")
    assert may_dial(freephone, {"001"}) is None


def test_an_empty_list_allows_nobody():
    assert may_dial("+12025550101", set()) is not None


def test_emergency_numbers_are_named_for_what_they_are():
    for number, country in (("112", "FR"), ("911", "US"), ("999", "GB"), ("110", "DE")):
        with pytest.raises(InvalidInput, match="short number"):
            parse_number(number, country)


@given(st.sampled_from(REGIONS))
def test_no_country_has_a_costly_number_that_is_dialled(region: str):
    for kind in COSTLY:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None or phonenumbers.number_type(example) is not kind:
            continue
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert may_dial(e164, None) is not None


@given(st.sampled_from(REGIONS))
def test_every_countrys_mobiles_are_dialled_there_and_nowhere_else(region: str):
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None or not phonenumbers.is_valid_number(example):
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(example)
    assert country is not None
    assert may_dial(e164, [country]) is None
    assert may_dial(e164, [code for code in REGIONS if code != country]) is not None


@given(st.text(max_size=20))
def test_any_text_is_dialled_or_refused_with_a_sentence(text: str):
    reason = may_dial(text, None)
    assert reason is None or len(reason) > 10
