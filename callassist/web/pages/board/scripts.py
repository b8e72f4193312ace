"""S4, scripts: what is said in each language, side by side, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callassist.accounts.script_versions import (
    book_of,
    library_of_desk,
    publish_version,
    retire_scripts,
    texts_of,
    versions,
    write_version,
)
from callassist.domain.call_task import Party
from callassist.domain.script import Script, ScriptBook, Slots, render_script
from callassist.errors import NotFound
from callassist.models import ScriptVersion
from callassist.web.languages import language as page_language
from callassist.web.pages import asking
from callassist.web.pages.board.desks import chosen
from callassist.web.pages.board.words import SENTENCE
from callassist.web.pages.forms import Form
from callassist.web.translate import gettext as _

_KNOWN = Slots(
    guest="Robin Example",
    desk_name="Sam",
    host_spoken_name="Maria",
    minutes=37,
    call_name="Canal 12",
    reference="amber-lantern",
    country="FR",
)
_UNKNOWN = Slots()


@dataclass(frozen=True, kw_only=True)
class Side:
    """One language of the page."""

    language: str
    version: str
    is_own: bool
    draft: ScriptVersion | None
    past: tuple[ScriptVersion, ...]
    guest: Script
    repeat: Script
    host: Script


def index() -> ResponseReturnValue:
    """All languages of a desk, read out with sample data or with nothing known."""
    is_missing = request.args.get("preview") == "missing"
    slots = _UNKNOWN if is_missing else _KNOWN
    with asking.reading() as database:
        choice = chosen(database)
        base = asking.service().scripts
        library = library_of_desk(database, base, choice.desk.id)
        sides = []
        for language in sorted(library.books):
            known = versions(database, choice.desk, language)
            sides.append(
                Side(
                    language=language,
                    version=_in_words(library.books[language].version),
                    is_own=library.books[language] is not base.books[language],
                    draft=next((one for one in known if one.published_at is None), None),
                    past=tuple(one for one in known if one.published_at is not None),
                    guest=render_script(library, language, Party.GUEST, slots),
                    repeat=render_script(library, language, Party.GUEST, slots, repeat=True),
                    host=render_script(library, language, Party.HOST, slots),
                )
            )
    spoken = [str(one).partition("-")[0] for one in choice.desk.languages]
    return render_template(
        "board/scripts.html",
        choice=choice,
        sides=sides,
        is_missing=is_missing,
        without_script=[one for one in spoken if one not in library.books],
    )


def edit(language: str) -> ResponseReturnValue:
    """Write a new version as a draft, from a draft or from what is said now."""
    now = asking.now()
    with asking.reading() as database:
        choice = chosen(database)
        book = _book(language)
        known = versions(database, choice.desk, language)
    draft = known[0] if known and known[0].published_at is None else None
    current = next((one for one in known if one.published_at and one.retired_at is None), None)
    start = draft or current
    texts = texts_of(book if start is None else book_of(book, start))
    form = Form(
        {
            f"{section}.{key}": "\n".join(forms)
            for section, sentences in texts.items()
            for key, forms in sentences.items()
        }
    )
    if asking.is_sent():
        form = Form.of_request()
        typed = {
            section: {key: form.lines(f"{section}.{key}") for key in sentences}
            for section, sentences in texts.items()
        }
        with form.taking_errors(), asking.writing() as database:
            write_version(database, asking.viewer(), choice.desk, book, typed, now=now)
        if not form.is_refused:
            flash(_("The draft is kept. It is said once somebody has published it."))
            return redirect(url_for("board.scripts"))
    page = render_template(
        "board/script_edit.html",
        choice=choice,
        spoken=language,
        texts=texts,
        form=form,
        sentence_words=SENTENCE,
    )
    return page, 422 if form.is_refused else 200


def publish(version_id: str) -> ResponseReturnValue:
    """Say it from now on."""
    form = Form()
    with form.taking_errors(), asking.writing() as database:
        publish_version(database, asking.viewer(), version_id, now=asking.now())
    if form.is_refused:
        flash(form.errors[""], "refused")
    else:
        flash(_("Published. The next call is made with it."))
    return redirect(url_for("board.scripts"))


def retire(language: str) -> ResponseReturnValue:
    """Go back to the service's own script."""
    with asking.writing() as database:
        desk = chosen(database).desk
        retire_scripts(database, asking.viewer(), desk, language, now=asking.now())
    flash(_("The service’s own script is said again."))
    return redirect(url_for("board.scripts"))


def _book(language: str) -> ScriptBook:
    book = asking.service().scripts.books.get(language)
    if book is None:
        raise NotFound("no script in this language")
    return book


def _in_words(version: str) -> str:
    """A version that is named after its day, as that day is written; another as it is."""
    try:
        return format_date(date.fromisoformat(version), "d MMM y", locale=page_language())
    except ValueError:
        return version
