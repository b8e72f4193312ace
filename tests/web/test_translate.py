"""Texts in the language of the request: looked up once, never another reader's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g, render_template_string

from callassist.reports.ribbon import CELL, Cell, Ribbon, Tone
from callassist.web import languages, translate
from callassist.web.pages.host.noise_words import ribbon_svg
from callassist.web.translate import gettext, lazy_gettext, ngettext


@pytest.fixture
def app() -> Iterator[Flask]:
    made = Flask(__name__)
    languages.init_app(made)
    translate.init_app(made)
    with made.test_request_context("/"):
        yield made


def test_the_same_text_is_said_in_the_language_of_each_request(app: Flask) -> None:
    lazy = lazy_gettext("Tonight")
    for code, word in (("en", "Tonight"), ("fr", "Cette nuit"), ("en", "Tonight")):
        g.language = code
        assert gettext("Tonight") == word
        assert str(lazy) == word
        assert render_template_string("{{ _('Tonight') }}") == word


def test_numbers_choose_the_form_of_the_language(app: Flask) -> None:
    one, several = "%(num)s home", "%(num)s homes"
    g.language = "fr"
    assert [ngettext(one, several, n) for n in (0, 1, 2)] == [
        "0 logement",
        "1 logement",
        "2 logements",
    ]
    g.language = "en"
    assert [ngettext(one, several, n) for n in (0, 1, 2)] == ["0 homes", "1 home", "2 homes"]


def test_what_is_filled_in_is_text_and_no_markup(app: Flask) -> None:
    g.language = "en"
    said = render_template_string("{{ _('Latest: %(what)s & more', what='<b>') }}")
    assert said == "Latest: &lt;b&gt; & more"
    assert (
        render_template_string("{{ ngettext('%(num)s of %(a)s', '%(num)s of %(a)s', 1, a='<') }}")
        == "1 of &lt;"
    )


def test_a_percent_sign_stands_twice_in_a_template(app: Flask) -> None:
    g.language = "en"
    assert render_template_string("{{ _('10 %% of it') }}") == "10 % of it"


def test_a_mail_is_worded_in_its_reader_s_language_and_the_page_goes_on_in_its_own(
    app: Flask,
) -> None:
    g.language = "en"
    with pytest.raises(LookupError):
        _fails_in_french()
    assert gettext("Tonight") == "Tonight"


def _fails_in_french() -> None:
    with languages.worded_in("fr"):
        assert gettext("Tonight") == "Cette nuit"
        raise LookupError


def test_a_language_that_we_do_not_write_is_said_in_english(app: Flask) -> None:
    with languages.worded_in("xx"):
        assert gettext("Tonight") == "Tonight"


def test_english_where_nobody_asks() -> None:
    assert gettext("Tonight") == "Tonight"


def test_a_ribbon_that_was_drawn_before_says_what_it_shows_to_each_reader(app: Flask) -> None:
    zone = ZoneInfo("Europe/Paris")
    cells = (Cell(Tone.CALM, 0.1), Cell(Tone.LOUD, 0.9))
    ribbon = Ribbon(starts_at=datetime(2026, 6, 13, 20, tzinfo=UTC), cells=cells)
    drawn = []
    for code in ("en", "fr", "en"):
        g.language = code
        drawn.append(ribbon_svg(ribbon, zone))
    assert drawn[0] == drawn[2]
    assert "22:15 to 22:30" in drawn[0]
    assert "22:15 to" not in drawn[1]
    louder = Ribbon(starts_at=ribbon.starts_at + CELL, cells=cells)
    assert "22:30 to 22:45" in ribbon_svg(louder, zone)
    assert "21:15 to 21:30" in ribbon_svg(ribbon, ZoneInfo("Europe/London"))
