"""Scripts of a desk: written as a draft, published by a second person, used from then on.

Only the sentences are a desk's own. What we never do, the safety card and the phrase cards are the
service's, for every desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from callassist.domain.script import (
    SECTIONS,
    SLOTS,
    ScriptBook,
    ScriptLibrary,
    Sentence,
    slots_in,
)
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.models import Desk, RoleBinding, ScriptVersion

LONGEST_FORM = 600
_CARDS = "cards"


def texts_of(book: ScriptBook) -> dict[str, dict[str, list[str]]]:
    """A book's sentences: section, key, forms with the best one first."""
    found = {
        section: {one.key: list(one.forms) for one in book.sections[section]}
        for section in SECTIONS
    }
    found[_CARDS] = {card.key: list(card.sentence.forms) for card in book.cards}
    return found


def with_texts(
    book: ScriptBook, texts: Mapping[str, Mapping[str, Sequence[str]]], version: str
) -> ScriptBook:
    """The book with these sentences; sentences that `texts` does not name stay as they are.

    InvalidInput names the sentence (`section.key`) that is empty, too long, has a slot that is
    not known, or could not be said when nothing is known.
    """
    sections = {
        section: tuple(_said(section, one, texts) for one in book.sections[section])
        for section in SECTIONS
    }
    cards = tuple(
        replace(card, sentence=_said(_CARDS, replace(card.sentence, key=card.key), texts))
        for card in book.cards
    )
    return replace(book, version=version, sections=sections, cards=cards)


def write_version(
    session: Session,
    viewer: Viewer,
    desk: Desk,
    book: ScriptBook,
    texts: Mapping[str, Mapping[str, Sequence[str]]],
    *,
    now: datetime,
) -> ScriptVersion:
    """Keep a draft of `book` with these sentences; nothing that is said changes yet."""
    viewer.require_run_desk(desk.id, desk.account_id)
    checked = texts_of(with_texts(book, texts, "draft"))
    if checked == texts_of(book):
        raise InvalidInput("nothing was changed")
    newest = select(func.max(ScriptVersion.number)).where(
        ScriptVersion.desk_id == desk.id, ScriptVersion.language == book.language
    )
    version = ScriptVersion(
        desk_id=desk.id,
        language=book.language,
        number=(session.scalar(newest) or 0) + 1,
        book=checked,
        written_by_id=viewer.person_id,
        written_at=now,
    )
    session.add(version)
    session.flush()
    return version


def publish_version(
    session: Session, viewer: Viewer, public_id: str, *, now: datetime
) -> ScriptVersion:
    """Use a draft from now on. Somebody else than its author does it, if there is anybody."""
    version, desk = _version(session, viewer, public_id)
    viewer.require_run_desk(desk.id, desk.account_id)
    if version.published_at is not None:
        raise Conflict("this version was published already; write a new one")
    wrote_it = version.written_by_id is not None and version.written_by_id == viewer.person_id
    if wrote_it and _has_another_chief(session, desk, viewer):
        raise Conflict("another supervisor has to read and publish what you wrote")
    _retire(session, desk.id, version.language, now)
    version.published_at, version.published_by_id = now, viewer.person_id
    session.flush()
    return version


def retire_scripts(
    session: Session, viewer: Viewer, desk: Desk, language: str, *, now: datetime
) -> None:
    """Go back to the service's own script in one language."""
    viewer.require_run_desk(desk.id, desk.account_id)
    _retire(session, desk.id, language, now)


def versions(session: Session, desk: Desk, language: str) -> list[ScriptVersion]:
    """A desk's versions in one language, the newest first."""
    query = (
        select(ScriptVersion)
        .where(ScriptVersion.desk_id == desk.id, ScriptVersion.language == language)
        .order_by(ScriptVersion.number.desc())
    )
    return list(session.scalars(query))


def library_of_desk(session: Session, library: ScriptLibrary, desk_id: int | None) -> ScriptLibrary:
    """The service's library, with what this desk has published instead; read once per session."""
    if desk_id is None:
        return library
    key = ("script library", desk_id)
    if key not in session.info:
        session.info[key] = _read_library(session, library, desk_id)
    found: ScriptLibrary = session.info[key]
    return found


def _read_library(session: Session, library: ScriptLibrary, desk_id: int) -> ScriptLibrary:
    query = select(ScriptVersion).where(
        ScriptVersion.desk_id == desk_id,
        ScriptVersion.published_at.is_not(None),
        ScriptVersion.retired_at.is_(None),
    )
    books = dict(library.books)
    for version in session.scalars(query):
        if version.language in books:
            books[version.language] = book_of(books[version.language], version)
    return replace(library, books=books)


def book_of(book: ScriptBook, version: ScriptVersion) -> ScriptBook:
    """The service's `book` as this version says it; keys it does not have any more are dropped."""
    return with_texts(book, version.book, f"desk {version.number}")


def _said(section: str, sentence: Sentence, texts: Mapping[str, Mapping[str, Any]]) -> Sentence:
    given = texts.get(section, {}).get(sentence.key)
    if given is None:
        return sentence
    where = f"{section}.{sentence.key}"
    forms = tuple(form for form in (" ".join(str(each).split()) for each in given) if form)
    if not forms:
        raise InvalidInput("say something here", where)
    for form in forms:
        if len(form) > LONGEST_FORM:
            raise InvalidInput("at most 600 characters in one line", where)
        unknown = slots_in_text(form, where) - SLOTS
        if unknown:
            raise InvalidInput(f"unknown slot {{{min(unknown)}}}", where)
    if slots_in_text(forms[-1], where):
        raise InvalidInput("the last line must have no slot, for when nothing is known", where)
    return Sentence(sentence.key, forms)


def slots_in_text(form: str, where: str) -> frozenset[str]:
    """Names of the slots; InvalidInput at `where` for a brace that closes nothing."""
    try:
        return slots_in(form)
    except InvalidInput:
        raise InvalidInput("a slot is not closed: write it like {guest}", where) from None


def _retire(session: Session, desk_id: int, language: str, now: datetime) -> None:
    session.execute(
        update(ScriptVersion)
        .where(
            ScriptVersion.desk_id == desk_id,
            ScriptVersion.language == language,
            ScriptVersion.published_at.is_not(None),
            ScriptVersion.retired_at.is_(None),
        )
        .values(retired_at=now)
    )


def _version(session: Session, viewer: Viewer, public_id: str) -> tuple[ScriptVersion, Desk]:
    query = (
        select(ScriptVersion, Desk)
        .join(Desk, Desk.id == ScriptVersion.desk_id)
        .where(ScriptVersion.public_id == public_id)
    )
    row = session.execute(query).first()
    if row is None or not viewer.sees_desk(row[1].id, row[1].account_id):
        raise NotFound("no such version")
    return row[0], row[1]


def _has_another_chief(session: Session, desk: Desk, viewer: Viewer) -> bool:
    query = select(RoleBinding.id).where(
        RoleBinding.desk_id == desk.id,
        RoleBinding.role == Role.SUPERVISOR,
        RoleBinding.person_id != viewer.person_id,
    )
    return session.execute(query.limit(1)).first() is not None
