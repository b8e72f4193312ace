"""Numbers that nobody has, set aside for films, books and the hints of our own forms."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberType

from callassist.domain.phone import is_example, parse_number
from callassist.errors import InvalidInput

EXAMPLES = (
    ("+33 6 39 98 01 23", None),
    ("06 39 98 01 23", "FR"),
    ("+44 7700 900123", None),
    ("01632 960123", "GB"),
    ("+1 555 0101", None),
)


@pytest.mark.parametrize(("written", "country"), EXAMPLES)
def test_a_number_of_our_hints_is_called_an_example_not_impossible(
    written: str, country: str | None
) -> None:
    assert is_example(written, country)
    with pytest.raises(InvalidInput, match="example number that nobody has; write the real one"):
        parse_number(written, country)


@pytest.mark.parametrize("written", ["+33 6 12 34 56 78", "+1 202 555 0101", "+44 7911 123456"])
def test_other_numbers_are_no_examples(written: str) -> None:
    assert not is_example(written)
    assert parse_number(written).e164 == written.replace(" ", "")


@pytest.mark.parametrize("written", ["", "abc", "+33 6 99", "0639980123"])
def test_what_is_no_number_without_a_country_is_no_example(written: str) -> None:
    assert not is_example(written)


def test_what_the_library_calls_invalid_is_refused_and_nothing_else() -> None:
    """We look a number up once; the library's own question does it twice."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)[::8]:
        example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        if example is None or example.national_number is None:
            continue
        for cut in (1, 10):
            number = PhoneNumber(
                country_code=example.country_code, national_number=example.national_number // cut
            )
            is_of_a_type = phonenumbers.number_type(number) != PhoneNumberType.UNKNOWN
            assert is_of_a_type == phonenumbers.is_valid_number(number)
