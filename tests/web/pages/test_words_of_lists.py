"""Lists whose words nobody sees until they are missing: reasons for silence, countries."""

from __future__ import annotations

import pytest

from callassist.notifications.needs_you import TURNS
from callassist.notifications.paging import SAID_THERE
from callassist.notifications.quiet_people import HELD_BACK
from callassist.web.pages.countries import country_names
from callassist.web.pages.people import delivery_words
from tests.web.pages.stage import Stage

_OWN_REASONS = (
    *(turn.missing for turn in TURNS),
    HELD_BACK,
    SAID_THERE,
    "no channel is configured",
    "switched off on every channel",
    "shadow mode: nothing leaves the house",
    "who took the call has no e-mail address or device here",
    "it was not needed any more",
)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_our_own_reasons_and_all_countries_have_words(stage: Stage, language: str) -> None:
    with stage.world.app.test_request_context("/", headers={"Accept-Language": language}):
        unknown = delivery_words.reason("550 5.1.1 mailbox unavailable")
        said = {delivery_words.reason(one) for one in _OWN_REASONS}
        countries = dict(country_names())
    assert unknown not in said
    assert len(said) == len(_OWN_REASONS)
    assert all(len(code) == 2 and code.isalpha() for code in countries)
    assert countries["FR"] == "France"
    assert ("No device" in str(said)) is (language == "en")
