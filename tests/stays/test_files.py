"""Files of stays: any delimiter and encoding, everything wrong is said, nothing comes twice."""

from __future__ import annotations

from collections import Counter
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from callassist.accounts.properties import PropertyInput, create_property
from callassist.domain.csv_table import MOST_ROWS, read_table
from callassist.domain.spreadsheet import csv_line, harmless, unquoted
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import ImportRun, Stay, StayFile
from callassist.stays.csv_columns import Field, guessed
from callassist.stays.csv_dates import Order, guessed_order, instant_of
from callassist.stays.csv_judging import Verdict
from callassist.stays.csv_rows import Columns
from callassist.stays.importing import choose_columns, drop_file, keep_file, preview, store_file
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, VAULT, Firm, firm

HEAD = "home,check_in,check_out,guest,phone,reference\n"
GOOD = HEAD + "Canal 12,2026-06-20,2026-06-24,Élodie Exemple,+1 202 555 0101,HM1\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_table_is_read_whatever_stands_between_its_cells(delimiter: str, encoding: str) -> None:
    table = read_table(GOOD.replace(",", delimiter).encode(encoding))
    assert table.titles[:2] == ("home", "check_in")
    assert table.rows[0][1][3] == "Élodie Exemple"
    assert table.delimiter == delimiter


def test_a_comma_inside_quotes_is_no_delimiter_and_excels_own_hint_is_followed() -> None:
    table = read_table(b'sep=;\nguest;check_in\n"Last, First; the 2nd";2026-06-20\n')
    assert table.rows == ((2, ("Last, First; the 2nd", "2026-06-20")),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<html><body>a,b</body></html>", "not a CSV"),
        (b'{"a": 1, "b": 2}', "not a CSV"),
        (b"\x00\x01\x02,\x03", "not a CSV"),
        (b"just some words\nand more words\n", "not a CSV"),
        (b"home,check_in\n", "nothing below"),
        (("a," * 300 + "b\n" + "1," * 300 + "2\n").encode(), "200 columns"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
        ((HEAD + "a,b,c,d,e,f\n" * 50_000).encode(), "50000 rows; at most 5000"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_table(content)


def test_the_most_rows_are_still_taken() -> None:
    assert len(read_table((HEAD + "a,b,c,d,e,f\n" * MOST_ROWS).encode()).rows) == MOST_ROWS


def test_titles_of_well_known_programs_are_understood() -> None:
    airbnb = guessed(
        ["Confirmation code", "Status", "Guest name", "Contact", "Start date", "End date"]
    )
    assert (airbnb[Field.REFERENCE], airbnb[Field.CHECK_OUT]) == (0, 5)
    assert (airbnb[Field.PHONE], airbnb[Field.CHECK_IN]) == (3, 4)
    french = guessed(["Logement", "Arrivée", "Départ", "Nom du voyageur", "Téléphone", "Langue"])
    assert [french[one] for one in (Field.HOME, Field.CHECK_IN, Field.CHECK_OUT)] == [0, 1, 2]
    assert [french[one] for one in (Field.GUEST, Field.PHONE, Field.LANGUAGE)] == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "order", "utc"),
    [
        ("2026-06-20", Order.DAY_FIRST, "2026-06-20T13:00"),
        ("20/06/2026", Order.DAY_FIRST, "2026-06-20T13:00"),
        ("20.6.26", Order.DAY_FIRST, "2026-06-20T13:00"),
        ("06/20/2026", Order.MONTH_FIRST, "2026-06-20T13:00"),
        ("2026-06-20 17:30", Order.DAY_FIRST, "2026-06-20T15:30"),
        ("20/06/2026 à 17h30", Order.DAY_FIRST, "2026-06-20T15:30"),
        ("2026-06-20T17:30:00+00:00", Order.DAY_FIRST, "2026-06-20T17:30"),
        ("2026-06-20T17:30:00Z", Order.MONTH_FIRST, "2026-06-20T17:30"),
        ("2026-01-20", Order.DAY_FIRST, "2026-01-20T14:00"),
    ],
)
def test_dates_are_local_times_of_the_home(text: str, order: Order, utc: str) -> None:
    found = instant_of(text, order, ZoneInfo("Europe/Paris"), time(15), "check_in_at")
    assert found.strftime("%Y-%m-%dT%H:%M") == utc


@pytest.mark.parametrize("text", ["", "soon", "2026-13-40", "31/02/2026", "=1+1", "99999999-1-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="like 2026-11-30"):
        instant_of(text, Order.DAY_FIRST, ZoneInfo("Europe/Paris"), time(15), "check_in_at")


def test_the_order_of_day_and_month_is_seen_from_the_whole_file() -> None:
    assert guessed_order(["03/04/2026", "25/04/2026"]) is Order.DAY_FIRST
    assert guessed_order(["03/04/2026", "04/25/2026"], american=False) is Order.MONTH_FIRST
    assert guessed_order(["03/04/2026"]) is Order.DAY_FIRST
    assert guessed_order(["03/04/2026"], american=True) is Order.MONTH_FIRST


@pytest.mark.parametrize("text", ["=1+1", "+33 6", "-x", "@cmd", "\t=1", " =1"])
def test_formulas_leave_as_text_and_come_back_as_they_were(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert unquoted(harmless(text)) == text
    assert harmless("O'Brien") == "O'Brien"
    assert csv_line([text, 3, None, 1.5]).split(",")[1:] == ["3", "", "1.5\r\n"]


def kept(sessions: Sessions, place: Firm, text: str) -> str:
    with sessions.write() as session:
        content = text.encode()
        file = keep_file(
            session, VAULT, place.owner, place.account.id, "stays.csv", content, now=NOW
        )
        return file.public_id


def verdicts(sessions: Sessions, place: Firm, file_id: str) -> list[Verdict]:
    with sessions.read() as session:
        found = preview(session, VAULT, place.owner, file_id, NOW)
        return [one.verdict for one in found.rows]


@pytest.fixture
def place(sessions: Sessions) -> Firm:
    with sessions.write() as session:
        return firm(session)


def test_nothing_is_stored_before_somebody_confirms(sessions: Sessions, place: Firm) -> None:
    file_id = kept(sessions, place, GOOD)
    assert verdicts(sessions, place, file_id) == [Verdict.NEW]
    with sessions.read() as session:
        assert session.scalar(select(func.count(Stay.id))) == 0
        assert b"Exemple" not in session.scalars(select(StayFile.content)).one()
    counts = store_file(sessions, VAULT, place.owner, file_id, NOW)
    assert counts == Counter({Verdict.NEW: 1})
    with sessions.read() as session:
        stay = session.scalars(select(Stay)).one()
        assert VAULT.open(stay.guest_name or b"") == "Élodie Exemple"
        assert [VAULT.open(one.number) for one in stay.numbers] == ["+12025550101"]
        assert (stay.source, stay.external_id) == ("csv", "HM1")
        assert session.scalar(select(func.count(StayFile.id))) == 0
        assert session.scalars(select(ImportRun)).one().counts == {"new": 1}
    with pytest.raises(NotFound):
        store_file(sessions, VAULT, place.owner, file_id, NOW)


def test_the_same_file_again_changes_nothing(sessions: Sessions, place: Firm) -> None:
    for text in (GOOD, GOOD.replace(",HM1", ",").replace(",reference", ",note")):
        store_file(sessions, VAULT, place.owner, kept(sessions, place, text), NOW)
        again = kept(sessions, place, text)
        assert verdicts(sessions, place, again) == [Verdict.SAME]
        with sessions.write() as session:
            drop_file(session, place.owner, again)


def test_a_corrected_file_changes_the_stay_and_a_cancelled_one_ends_it(
    sessions: Sessions, place: Firm
) -> None:
    store_file(sessions, VAULT, place.owner, kept(sessions, place, GOOD), NOW)
    corrected = kept(sessions, place, GOOD.replace("0101", "0102"))
    assert verdicts(sessions, place, corrected) == [Verdict.CHANGED]
    store_file(sessions, VAULT, place.owner, corrected, NOW)
    with sessions.read() as session:
        numbers = session.scalars(select(Stay)).one().numbers
        assert [VAULT.open(one.number) for one in numbers] == ["+12025550102"]
    cancelled = HEAD.replace("\n", ",status\n") + (
        "Canal 12,2026-06-20,2026-06-24,Élodie Exemple,+1 202 555 0102,HM1,Annulée\n"
    )
    file_id = kept(sessions, place, cancelled)
    assert verdicts(sessions, place, file_id) == [Verdict.CANCELLED]
    store_file(sessions, VAULT, place.owner, file_id, NOW)
    with sessions.read() as session:
        assert session.scalars(select(Stay)).one().cancelled_at is not None


def test_each_wrong_row_is_named_and_the_others_are_stored(sessions: Sessions, place: Firm) -> None:
    text = HEAD + (
        "Nowhere,2026-06-20,2026-06-24,A,+12025550101,R1\n"
        "Canal 12,someday,2026-06-24,B,+12025550101,R2\n"
        "Canal 12,2026-06-24,2026-06-20,C,+12025550101,R3\n"
        "Canal 12,2026-07-01,2026-07-03,D,12,R4\n"
        "canal 12,2026-07-02,2026-07-05,=cmd|' /C calc'!A0,+12025550101,R5\n"
        "Canal 12,2026-08-01,2026-08-03,<b>F</b>,+12025550101,R5\n"
        "Canal 12,2026-05-01,2026-05-03,G,+12025550101,R7\n"
    )
    file_id = kept(sessions, place, text)
    with sessions.read() as session:
        rows = preview(session, VAULT, place.owner, file_id, NOW).rows
    assert [one.verdict for one in rows] == [
        *(Verdict.WRONG, Verdict.WRONG, Verdict.WRONG, Verdict.NEW),
        *(Verdict.NEW, Verdict.WRONG, Verdict.OVER),
    ]
    assert [[field for field, _ in one.row.problems] for one in rows[:3]] == [
        ["home"],
        ["check_in_at"],
        ["check_out_at"],
    ]
    assert [field for field, _ in rows[3].row.remarks] == ["phone", "phone"]
    assert "overlaps the stay in line 5" in dict(rows[4].row.remarks)["check_in_at"]
    assert "line 6" in dict(rows[5].row.problems)["reference"]
    counts = store_file(sessions, VAULT, place.owner, file_id, NOW)
    assert (counts[Verdict.NEW], counts[Verdict.WRONG], counts[Verdict.OVER]) == (2, 4, 1)
    with sessions.read() as session:
        names = {VAULT.open(one or b"") for one in session.scalars(select(Stay.guest_name))}
        assert names == {"D", "=cmd|' /C calc'!A0"}


def test_a_long_stay_overlaps_each_that_lies_in_it(sessions: Sessions, place: Firm) -> None:
    text = HEAD + (
        "Canal 12,2026-07-01,2026-07-20,A,+12025550101,R1\n"
        "Canal 12,2026-07-02,2026-07-04,B,+12025550102,R2\n"
        "Canal 12,2026-07-06,2026-07-08,C,+12025550103,R3\n"
        "Canal 12,2026-07-20,2026-07-22,D,+12025550104,R4\n"
    )
    file_id = kept(sessions, place, text)
    with sessions.read() as session:
        rows = preview(session, VAULT, place.owner, file_id, NOW).rows
    told = [[said for _field, said in one.row.remarks if "overlaps" in said] for one in rows]
    assert told == [[], ["overlaps the stay in line 2"], ["overlaps the stay in line 2"], []]


def test_columns_that_are_not_understood_are_chosen_by_hand(
    sessions: Sessions, place: Firm
) -> None:
    file_id = kept(sessions, place, "quand,jusque,qui\n20/06/2026,22/06/2026,Ana\n")
    with sessions.read() as session:
        missing = preview(session, VAULT, place.owner, file_id, NOW).columns.missing()
    assert missing == [Field.CHECK_IN, Field.CHECK_OUT, Field.HOME]
    chosen = Columns(
        places={Field.CHECK_IN: 0, Field.CHECK_OUT: 1, Field.GUEST: 2},
        home=place.home.public_id,
    )
    with sessions.write() as session:
        choose_columns(session, place.owner, file_id, chosen, 3)
    assert verdicts(sessions, place, file_id) == [Verdict.NEW]
    twice = Columns(places={Field.CHECK_IN: 0, Field.CHECK_OUT: 0})
    with sessions.write() as session, pytest.raises(InvalidInput, match="twice"):
        choose_columns(session, place.owner, file_id, twice, 3)


def test_nobody_else_sees_a_file_or_stores_into_a_home_that_is_not_theirs(
    sessions: Sessions, place: Firm
) -> None:
    file_id = kept(sessions, place, GOOD)
    with sessions.write() as session:
        other = firm(session, "Other Homes")
        villa = PropertyInput(name="Villa", timezone="Europe/Paris", country="FR")
        create_property(session, other.owner, other.account, villa, now=NOW)
    with sessions.read() as session, pytest.raises(NotFound):
        preview(session, VAULT, other.owner, file_id, NOW)
    theirs = kept(sessions, place, GOOD.replace("Canal 12", "Villa"))
    assert verdicts(sessions, place, theirs) == [Verdict.WRONG]
    looker = Viewer(name="looks", account_roles={place.account.id: frozenset({Role.VIEWER})})
    with sessions.write() as session, pytest.raises(Forbidden):
        keep_file(session, VAULT, looker, place.account.id, "x", GOOD.encode(), now=NOW)
