"""The page and the PDF, compared whole."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from callassist.reports.document import Names, document
from callassist.reports.facts import ReportFacts
from callassist.reports.render_html import render_html
from callassist.reports.render_pdf import render_pdf
from tests.reports import stories
from tests.reports.copies import copy_of
from tests.reports.expected import assert_expected
from tests.reports.nights import after

PAGES = (
    (stories.guest_reached, "en"),
    (stories.guest_reached, "fr"),
    (stories.calling_ended, "en"),
    (stories.nobody_reached, "en"),
    (stories.nobody_reached, "fr"),
    (stories.sensor_gap, "fr"),
    (stories.notices_only, "en"),
    (stories.notices_only, "fr"),
    (stories.invalid_number, "en"),
    (stories.ended_by_itself, "en"),
    (stories.by_hand, "fr"),
)
HOSTILE = Names(
    home='<script>alert("1")</script> #panic() $x$ *b* {{ 7 }} שלום \\u{1F389}',
    guest="محمد & \N{RIGHT-TO-LEFT OVERRIDE}evil\x00 {n:th}",
    operators={"operator1": '#image("/etc/passwd")', "operator2": "日本 🎉"},
    notes={"attempt36.5": ']] #eval("1") <img src=x onerror=1> 👨‍👩‍👧\nsecond line'},
)


def page(story: Callable[[], ReportFacts], language: str, names: Names | None = None) -> str:
    copy = copy_of(story()) if names is None else copy_of(story(), names)
    return render_html(document(copy, language))


def pdf(story: Callable[[], ReportFacts], language: str, names: Names | None = None) -> bytes:
    copy = copy_of(story()) if names is None else copy_of(story(), names)
    return render_pdf(document(copy, language), made_at=after(48), system_fonts=False)


def pdf_text(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return "\n\f\n".join(page.extract_text() for page in pages) + "\n"


@pytest.mark.parametrize(("story", "language"), PAGES)
def test_the_page_tells_the_story(story: Callable[[], ReportFacts], language: str) -> None:
    assert_expected(f"{story.__name__}.{language}.html", page(story, language))


@pytest.mark.parametrize(("story", "language"), PAGES)
def test_the_pdf_tells_the_same(story: Callable[[], ReportFacts], language: str) -> None:
    assert_expected(f"{story.__name__}.{language}.txt", pdf_text(pdf(story, language)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_is_tagged_and_knows_its_language_and_title(language: str) -> None:
    data = pdf(stories.sensor_gap, language)
    reader = PdfReader(io.BytesIO(data))
    root = reader.root_object
    assert isinstance(root["/MarkInfo"], DictionaryObject)
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == language
    assert reader.metadata is not None
    assert "Loft Canal 12" in str(reader.metadata.title)
    assert b"pdfuaid" in data


def test_the_curve_in_the_pdf_says_in_words_what_it_shows() -> None:
    reader = PdfReader(io.BytesIO(pdf(stories.sensor_gap, "en")))
    said = [
        str(thing["/Alt"])
        for number in range(1, len(reader.xref[0]) + 1)
        if isinstance(thing := reader.get_object(number), DictionaryObject) and "/Alt" in thing
    ]
    assert said == [document(copy_of(stories.sensor_gap()), "en").drawing.alt]
    assert "Not heard: 22:54 to 23:14." in said[0]


def test_one_version_gives_one_file() -> None:
    assert pdf(stories.guest_reached, "en") == pdf(stories.guest_reached, "en")


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("story", [stories.sensor_gap, stories.notices_only, stories.by_hand])
def test_the_page_needs_no_script_and_no_inline_style(story: Callable[[], ReportFacts]) -> None:
    tags = Tags()
    tags.feed(page(story, "en", HOSTILE))
    used = {tag for tag, _ in tags.found}
    assert not used & {"script", "style", "img", "iframe", "foreignobject"}
    assert not [
        name for _, attributes in tags.found for name in attributes if re.match("style$|on", name)
    ]


def test_names_of_any_kind_stay_text_in_the_page() -> None:
    html = page(stories.nobody_reached, "en", HOSTILE)
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in html
    assert "{{ 7 }}" in html
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert "\x00" not in html
    assert "日本 🎉" in html


def test_names_of_any_kind_stay_text_in_the_pdf() -> None:
    said = pdf_text(pdf(stories.guest_reached, "en", HOSTILE))
    assert '#image("/etc/passwd")' in said
    assert "#panic() $x$ *b* {{ 7 }}" in said
    assert '#eval("1") <img src=x onerror=1>' in said
    assert "second line" in said


def test_letters_that_no_font_has_are_boxes_and_the_pdf_says_so() -> None:
    said = pdf_text(pdf(stories.nobody_reached, "en", HOSTILE))
    assert "□□ □" in said
    assert "□ stands for a character that this document’s fonts do not have" in said
    assert "□ stands for" not in pdf_text(pdf(stories.nobody_reached, "en"))


def test_an_erased_guest_is_the_guest() -> None:
    erased = Names(home="Loft Canal 12", operators={"operator1": "Léa"})
    html = page(stories.guest_reached, "en", erased)
    assert "The guest was reached at 23:19 on the second call" in html
    assert "Camille" not in html
    assert "Note" not in html
    assert "le voyageur" in page(stories.guest_reached, "fr", erased)


def test_an_unknown_language_is_english() -> None:
    assert page(stories.guest_reached, "de") == page(stories.guest_reached, "en")
    assert page(stories.guest_reached, "fr-CA") == page(stories.guest_reached, "fr")
