"""Times of day on a clock of twelve hours."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callassist.notifications.local_words import at_time, clock_time, since_time
from callassist.notifications.twelve_hours import twelve_hours

PARIS = ZoneInfo("Europe/Paris")
LATE = datetime(2026, 6, 13, 21, 5, tzinfo=UTC)  # 23:05 in Paris


@pytest.mark.parametrize(
    ("local", "english", "french"),
    [
        (time(23, 5), "11:05 pm", "11 h 05 du soir"),
        (time(23), "11 pm", "11 h du soir"),
        (time(0, 5), "12:05 am", "minuit 5"),
        (time(0), "12 am", "minuit"),
        (time(3, 30), "3:30 am", "3 h 30 du matin"),
        (time(9), "9 am", "9 h du matin"),
        (time(12), "12 pm", "midi"),
        (time(12, 30), "12:30 pm", "midi 30"),
        (time(14, 7), "2:07 pm", "2 h 07 de l’après-midi"),
        (time(18), "6 pm", "6 h du soir"),
    ],
)
def test_each_part_of_the_day_has_its_words(local, english, french):
    assert twelve_hours(local, "en").replace("\u00a0", " ") == english
    assert twelve_hours(local, "fr").replace("\u00a0", " ") == french


def test_a_time_is_never_torn_apart_at_the_end_of_a_line():
    for language in ("en", "fr"):
        assert " " not in twelve_hours(time(14, 7), language)


def test_sentences_follow_the_cycle_and_without_one_the_clock_has_24_hours():
    assert clock_time(LATE, PARIS, "en", "h12").replace("\u00a0", " ") == "11:05 pm"
    assert at_time(LATE, LATE, PARIS, "en", "h12").replace("\u00a0", " ") == "at 11:05 pm"
    said = since_time(LATE, LATE, PARIS, "fr", "h12").replace("\u00a0", " ")
    assert said == "depuis 11 h 05 du soir"
    for cycle in (None, "h23"):
        for language in ("en", "fr"):
            assert clock_time(LATE, PARIS, language, cycle) == "23:05"
