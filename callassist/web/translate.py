"""What the pages say, in the language of the request: every module of pages says it through these.

The text is English and is the catalogue's key; `python -m callassist.web.catalogue` collects it.
Catalogues are read once, and a text is looked up once per language: a page says hundreds.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from callassist.web.languages import language

_CATALOGUES = Path(__file__).parent / "translations"
_TEXTS = 8192  # more than the pages have, in both languages


def init_app(app: Flask) -> None:
    """Let the templates of `app` say things with these, in the place of Flask-Babel's."""
    app.jinja_env.globals.update(_=_shown, gettext=_shown, ngettext=_counted)


def gettext(text: str, **values: object) -> str:
    """The text in the language of this request, with `%(name)s` filled in."""
    said = _said(language(), text)
    return said % values if values else said


def ngettext(one: str, several: str, num: int, **values: object) -> str:
    """The text that fits the number, which is `%(num)s` in it."""
    return _chosen(one, several, num) % {"num": num, **values}


def lazy_gettext(text: str) -> LazyString:
    """The same, looked up when it is shown: for tables of words."""
    return LazyString(gettext, text)


@pass_eval_context
def _shown(where: EvalContext, text: str, /, **values: object) -> str:
    """`_` of templates: what is filled in is text, not markup, where they escape."""
    if not where.autoescape:
        return _said(language(), text) % values
    return _markup(language(), text) % values if values else _plain(language(), text)


@pass_eval_context
def _counted(where: EvalContext, one: str, several: str, num: int, /, **values: object) -> str:
    said = _chosen(one, several, num)
    return (Markup(said) if where.autoescape else said) % {"num": num, **values}  # noqa: S704 ours


def _chosen(one: str, several: str, num: int) -> str:
    return str(_catalogue(language()).ungettext(one, several, num))


@lru_cache(maxsize=_TEXTS)
def _said(code: str, text: str) -> str:
    return str(_catalogue(code).ugettext(text))


@lru_cache(maxsize=_TEXTS)
def _markup(code: str, text: str) -> Markup:
    return Markup(_said(code, text))  # noqa: S704 ours


@lru_cache(maxsize=_TEXTS)
def _plain(code: str, text: str) -> Markup:
    """Without values; a percent sign stands twice in a template's texts."""
    return _markup(code, text) % {}


@lru_cache(maxsize=16)
def _catalogue(code: str) -> NullTranslations:
    """The translations; a language that we do not write is said in English."""
    return Translations.load(str(_CATALOGUES), [code])
