"""Homes as files on the pages: every row is seen before anything is stored."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from callassist.errors import ServiceBusy
from callassist.models import Property
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import LOOKER, OTHER, OWNER, Stage

HEAD = "name,timezone,country,location,tags\n"


@pytest.fixture
def owner(stage: Stage) -> Browser:
    return stage.sign_in(OWNER)


def send(browser: Browser, content: bytes, **fields: str) -> TestResponse:
    browser.get("/homes/import")
    file = FileStorage(io.BytesIO(content), "homes.csv")
    sent = {"csrf_token": browser.token, "file": file, **fields}
    # Encoded here: the client itself would write a long body into a file that nobody closes.
    boundary, body = encode_multipart(sent)
    return browser._client.post(
        "/homes/import",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=browser._headers,
    )


def count(stage: Stage) -> int:
    with stage.world.service.sessions.read() as session:
        return session.scalar(select(func.count(Property.id))) or 0


def test_a_file_is_shown_row_by_row_and_stored_once(stage: Stage, owner: Browser) -> None:
    before = count(stage)
    text = (
        f"{HEAD}<b>Mill</b>,Europe/Paris,FR,Nice,sea\n"
        "=HYPERLINK(1),Paris,FR,,\n"
        f"{stage.home.name},Europe/Paris,FR,,\n"
        ",Europe/Paris,FR,,\n"
    )
    sent = send(owner, text.encode())
    assert sent.status_code == 302, words_of(sent.text)
    page = owner.page(sent.location)
    assert "<b>Mill" not in page
    shown = words_of(page)
    for words in (
        "<b>Mill</b>",
        "Time zone: Not a time zone; did you mean Europe/Paris?",
        "Name: Must not be empty.",
        "You have a home of this name already; it stays as it is.",
        "Add 1 home",
        "2 rows are left out",
    ):
        assert words in shown
    assert count(stage) == before
    assert stage.sign_in(OTHER).get(sent.location).status_code == 404
    assert stage.sign_in(OTHER).post(f"{sent.location}/store").status_code == 404
    assert stage.sign_in(LOOKER).post(f"{sent.location}/store").status_code == 403
    owner.page(sent.location)
    assert owner.post(f"{sent.location}/store").status_code == 302
    assert "1 home was added." in words_of(owner.page("/homes"))
    assert count(stage) == before + 1
    assert owner.post(f"{sent.location}/store").status_code == 404
    again = send(owner, text.encode())
    assert "no home in this file that could be added" in words_of(owner.page(again.location))
    assert owner.post(f"{again.location}/drop").status_code == 302
    assert count(stage) == before + 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "Excel workbook"),
        (b"hello", "not a CSV file"),
        (b"home,check_in,check_out\nLoft,1,2\n", "Not found: timezone, country"),
        ((HEAD + "a,b,c,d,e\n" * 5001).encode(), "This file has 5001 rows; at most 5000"),
        (b"x" * 6_000_000, "larger than 5 MB"),
    ],
)
def test_what_is_no_file_of_homes_is_refused_in_words(
    stage: Stage, owner: Browser, content: bytes, said: str
) -> None:
    refused = send(owner, content)
    assert refused.status_code == 422
    assert said in words_of(refused.text)
    assert re.search(r'id="e-file"', refused.text)


def test_without_a_file_the_form_says_so(owner: Browser) -> None:
    refused = owner.post("/homes/import")
    assert refused.status_code == 422
    assert "Choose a file." in words_of(refused.text)


def test_homes_leave_as_a_file_that_no_spreadsheet_runs_and_come_back_the_same(
    stage: Stage, owner: Browser
) -> None:
    made = send(owner, f'{HEAD}\'=1+1,Europe/Paris,FR,Nice,"sea, big"\n'.encode())
    owner.post(f"{made.location}/store")
    answer = owner.get("/homes.csv")
    text = answer.get_data().decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0].startswith("name,timezone,country,location,tags,")
    assert lines[1].startswith('\'=1+1,Europe/Paris,FR,Nice,"big, sea",')
    assert lines[2].startswith(f"{stage.home.name},")
    assert "Foreign" not in text
    assert "overed" not in text  # nobody is really phoned
    again = send(owner, answer.get_data())
    shown = words_of(owner.page(again.location))
    assert "no home in this file that could be added" in shown
    assert "One column is not used tonight" in shown


def test_the_export_has_what_the_list_shows(stage: Stage, owner: Browser) -> None:
    stage.more_homes(2)
    text = owner.get("/homes.csv?q=home").get_data().decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert stage.home.name not in text
    assert stage.sign_in(LOOKER).get("/homes.csv").status_code == 200


def test_who_may_only_look_sends_no_file(stage: Stage) -> None:
    looker = stage.sign_in(LOOKER)
    assert "/homes/import" not in looker.page("/homes")
    assert looker.get("/homes/import").status_code == 403


def test_the_template_can_be_sent_as_it_is(stage: Stage, owner: Browser) -> None:
    sent = send(owner, owner.get("/homes/import/template.csv").get_data())
    assert "Add 1 home" in words_of(owner.page(sent.location))


def test_the_pages_speak_french(stage: Stage, owner: Browser) -> None:
    sent = send(owner, f"{HEAD}Mill,Paris,FR,,\n".encode())
    owner.post("/language", language="fr", back="/")
    assert "Logements depuis un fichier" in words_of(owner.page("/homes/import"))
    page = words_of(owner.page(sent.location))
    assert "vouliez-vous dire Europe/Paris" in page
    assert "Ce fichier ne contient aucun logement à ajouter." in page
    listed = words_of(owner.page("/homes?state=paused&tag=x"))
    assert "Aucun" in listed
    assert "étiquette" in listed


@contextmanager
def busy_after_the_first_part(stage: Stage) -> Iterator[None]:
    """The database takes the homes of one part of a file, and has no time for the next."""
    engine, before = stage.world.service.sessions.engine, count(stage)

    def refuse(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO property ") and count(stage) > before:
            raise ServiceBusy("busy", retry_after=1.0)

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def test_a_busy_database_is_said_with_what_is_stored_and_the_file_can_be_finished(
    stage: Stage, owner: Browser
) -> None:
    before = count(stage)
    lines = "".join(f"Home {n},Europe/Paris,FR,,\n" for n in range(250))
    sent = send(owner, f"{HEAD}{lines}".encode())
    with busy_after_the_first_part(stage):
        cut = owner.post(f"{sent.location}/store")
    assert cut.location == sent.location
    page = words_of(owner.page(sent.location))
    assert "200 rows are stored, 50 are left" in page
    assert "Add 50 homes" in page
    owner.post(f"{sent.location}/store")
    assert count(stage) == before + 250
