"""Figures of a period as a PDF, compared whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from callassist.models import Property
from callassist.reports.period import Figures, HomeFigures
from callassist.reports.period_document import period_document
from callassist.reports.render_pdf import render_pdf
from tests.reports.expected import assert_expected
from tests.reports.test_rendering import pdf_text

MADE_AT = datetime(2026, 7, 6, 6, 30, tzinfo=UTC)
LOFT = HomeFigures(
    home=Property(name="Loft Canal 12"),
    nights=21,
    loud_nights=frozenset({date(2026, 6, 19), date(2026, 7, 1)}),
    incidents=3,
    by_themselves=1,
    called=2,
    reached=1,
    minutes_above=1284,
    first_calls=(95.0, 150.0),
)
ATTIC = HomeFigures(home=Property(name="Attic"), nights=21)
HOSTILE = HomeFigures(
    home=Property(name="#panic() *b* {n:th} <b>x</b> 日本"), nights=21, incidents=1, called=1
)
WEEKS = Figures(first=date(2026, 6, 15), last=date(2026, 7, 5), homes=(ATTIC, LOFT))
QUIET = replace(WEEKS, homes=(ATTIC,))
NOTHING = replace(WEEKS, homes=(replace(ATTIC, nights=0),))


def printed(figures: Figures, place: str, language: str) -> bytes:
    made = period_document(figures, place, language, ZoneInfo("Europe/Paris"), MADE_AT)
    return render_pdf(made, made_at=MADE_AT, system_fonts=False)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_weeks_of_two_homes_is_told_whole(language: str) -> None:
    text = pdf_text(printed(WEEKS, "Seaside Homes", language))
    assert_expected(f"three_weeks_of_figures.{language}.txt", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_quiet_weeks_of_one_home_has_no_table(language: str) -> None:
    text = pdf_text(printed(QUIET, "Attic", language))
    assert_expected(f"quiet_three_weeks_of_figures.{language}.txt", text)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "No home was watched"), ("fr", "Aucun logement n’était suivi")]
)
def test_nights_before_the_first_home_are_not_called_quiet(language: str, words: str) -> None:
    assert words in pdf_text(printed(NOTHING, "Attic", language))


def test_names_stay_text() -> None:
    text = pdf_text(printed(replace(WEEKS, homes=(HOSTILE, LOFT)), "#panic()", "en"))
    assert "#panic() *b* {n:th} <b>x</b> □□" in text
    assert "□ stands for a character" in text


def test_it_is_tagged_and_knows_its_language_and_title(tmp_path) -> None:
    file = tmp_path / "figures.pdf"
    file.write_bytes(printed(WEEKS, "Seaside Homes", "fr"))
    reader = PdfReader(file)
    assert "/StructTreeRoot" in reader.root_object
    assert str(reader.root_object["/Lang"]) == "fr"
    assert reader.metadata is not None
    assert "Seaside Homes" in str(reader.metadata.title)
    assert b"pdfuaid" in file.read_bytes()
