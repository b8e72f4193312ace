"""Files of homes: every row judged before anything is stored, then stored part by part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.accounts.home_csv import Column, ReadHome, Verdict
from callassist.accounts.home_files import (
    drop_home_file,
    keep_home_file,
    preview_homes,
    store_home_file,
)
from callassist.accounts.policies import create_policy
from callassist.accounts.properties import (
    PropertyInput,
    archive_property,
    create_property,
    update_property,
)
from callassist.accounts.retention import Retention, forget_expired
from callassist.domain.csv_table import MOST_ROWS
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound, ServiceBusy
from callassist.models import HomeFile, Property
from callassist.storage.parts import StoredInPart
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, VAULT, Firm, firm

HEAD = "name,timezone,country\n"


def kept(sessions: Sessions, place: Firm, text: str) -> str:
    with sessions.write() as session:
        made = keep_home_file(
            session, VAULT, place.owner, place.account.id, "homes.csv", text.encode(), now=NOW
        )
        return made.public_id


def rows_of(sessions: Sessions, place: Firm, text: str) -> tuple[ReadHome, ...]:
    file_id = kept(sessions, place, text)
    with sessions.read() as session:
        return preview_homes(session, VAULT, place.owner, file_id).rows


def many(count: int) -> str:
    lines = "".join(f"Home {n},Europe/Paris,FR,sea\n" for n in range(count))
    return f"name,timezone,country,tags\n{lines}"


def names(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return list(session.scalars(select(Property.name).order_by(Property.id)))


@pytest.fixture
def place(sessions: Sessions) -> Firm:
    with sessions.write() as session:
        return firm(session)


def test_a_row_with_everything_becomes_a_home(sessions: Sessions, place: Firm) -> None:
    with sessions.write() as session:
        made = create_policy(session, place.owner, place.account, "City flats", {}, now=NOW)
        policy_id = made.id
    file_id = kept(
        sessions,
        place,
        "Nom;Fuseau horaire;Pays;Ville;Étiquettes;Langue;Règles;call_name;host_only\n"
        "Le  Loft;Europe/Paris;fr;Nice;mer, Vue;français;city FLATS;Quai 12;oui\n",
    )
    counts = store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)
    assert counts[Verdict.NEW] == 1
    with sessions.read() as session:
        home = session.scalars(select(Property).where(Property.name == "Le Loft")).one()
        assert (home.timezone, home.country, home.location) == ("Europe/Paris", "FR", "Nice")
        assert [one.tag for one in home.tags] == ["Vue", "mer"]
        assert (home.language, home.policy_id, home.host_only) == ("fr", policy_id, True)
        assert home.call_name == "Quai 12"


def test_everything_that_is_wrong_with_a_row_is_said_at_once(
    sessions: Sessions, place: Firm
) -> None:
    rows = rows_of(
        sessions,
        place,
        "name,timezone,country,language,rules,host_only,tags\n"
        ',Europe/Pari,France,elvish,Nowhere,perhaps,"' + ",".join("abcdefghijk") + '"\n',
    )
    assert rows[0].verdict is Verdict.WRONG
    assert rows[0].typed is None
    assert dict(rows[0].problems) == {
        "name": "must not be empty",
        "timezone": "not a time zone; did you mean Europe/Paris?",
        "country": "not a country code; use two letters, like FR",
        "language": "not a language code; write two letters, like en or fr",
        "rules": "no set of rules is called so; leave it empty, or make the set first",
        "host_only": "write yes or no",
        "tags": "at most 10 tags; leave some out",
    }


@pytest.mark.parametrize(
    ("zone", "country", "meant"),
    [
        ("Paris", "FR", "Europe/Paris"),
        ("europe/paris", "FR", "Europe/Paris"),
        ("Romance Standard Time", "FR", "Europe/Paris"),
        ("Bordeaux", "FR", "Europe/Paris"),
        ("New York", "US", "America/New_York"),
    ],
)
def test_an_unknown_time_zone_comes_with_the_one_that_was_probably_meant(
    sessions: Sessions, place: Firm, zone: str, country: str, meant: str
) -> None:
    [row] = rows_of(sessions, place, f"{HEAD}Loft,{zone},{country}\n")
    assert row.problems == (("timezone", f"not a time zone; did you mean {meant}?"),)


def test_a_zone_that_means_nothing_is_not_guessed(sessions: Sessions, place: Firm) -> None:
    [row] = rows_of(sessions, place, f"{HEAD}Loft,Mars/Olympus,US\n")
    assert row.problems == (("timezone", "not a time zone; use a name like Europe/Paris"),)


def test_homes_of_the_same_name_are_flagged_and_never_doubled(
    sessions: Sessions, place: Firm
) -> None:
    with sessions.write() as session:
        old = PropertyInput(name="Old barn")
        home_id = place.home.public_id
        update_property(session, place.owner, home_id, old)
        archive_property(session, place.owner, home_id, now=NOW)
        firm(session, "Mill Homes")  # another account has a home called "Canal 12"
    text = f"{HEAD}OLD  barn,Europe/Paris,FR\nCanal 12,Europe/Paris,FR\ncanal 12,Europe/Paris,FR\n"
    rows = rows_of(sessions, place, text)
    assert [row.verdict for row in rows] == [Verdict.KNOWN, Verdict.NEW, Verdict.WRONG]
    assert "archived" in rows[0].remarks[0][1]
    assert rows[2].problems == (("name", "the same name as in line 3; leave one of them out"),)
    file_id = kept(sessions, place, text)
    store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)
    again = rows_of(sessions, place, text)
    assert [row.verdict for row in again] == [Verdict.KNOWN] * 3


def test_a_home_that_was_added_since_the_preview_is_left_alone(
    sessions: Sessions, place: Firm
) -> None:
    text = f"{HEAD}Loft,Europe/Paris,FR\nMill,Europe/Paris,FR\n"
    first, second = kept(sessions, place, text), kept(sessions, place, text)
    store_home_file(sessions, VAULT, place.owner, first, now=NOW)
    counts = store_home_file(sessions, VAULT, place.owner, second, now=NOW)
    assert (counts[Verdict.NEW], counts[Verdict.KNOWN]) == (0, 2)
    assert names(sessions) == ["Canal 12", "Loft", "Mill"]


class Faulty(Sessions):
    """Sessions of which one write goes wrong."""

    def __init__(self, real: Sessions, fault: BaseException, at: int) -> None:
        super().__init__(real.engine)
        self._fault, self._left = fault, at

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._left -= 1
        with super().write() as session:
            yield session
            if self._left == 0:
                raise self._fault


def test_a_file_that_was_cut_off_is_stored_to_its_end_by_asking_again(
    sessions: Sessions, place: Firm
) -> None:
    file_id = kept(sessions, place, many(500))
    cut = Faulty(sessions, RuntimeError("the power went"), at=2)
    with pytest.raises(RuntimeError):
        store_home_file(cut, VAULT, place.owner, file_id, now=NOW)
    assert len(names(sessions)) == 1 + 200
    with sessions.read() as session:
        counts = preview_homes(session, VAULT, place.owner, file_id).counts
    assert (counts[Verdict.KNOWN], counts[Verdict.NEW]) == (200, 300)
    counts = store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)
    assert (counts[Verdict.KNOWN], counts[Verdict.NEW]) == (200, 300)
    assert names(sessions) == ["Canal 12", *(f"Home {n}" for n in range(500))]
    with pytest.raises(NotFound):
        store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)


def test_a_busy_database_says_how_far_it_came(sessions: Sessions, place: Firm) -> None:
    file_id = kept(sessions, place, many(500))
    busy = Faulty(sessions, ServiceBusy("busy", retry_after=1.0), at=3)
    with pytest.raises(StoredInPart) as caught:
        store_home_file(busy, VAULT, place.owner, file_id, now=NOW)
    assert (caught.value.done, caught.value.left) == (400, 100)
    assert len(names(sessions)) == 1 + 400
    assert store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)[Verdict.NEW] == 100


def test_a_home_that_comes_while_the_file_is_stored_is_not_doubled(
    sessions: Sessions, place: Firm
) -> None:
    file_id = kept(sessions, place, many(300))

    class Meanwhile(Sessions):
        @contextmanager
        def write(self) -> Iterator[Session]:
            with super().write() as session:
                yield session
            if len(names(sessions)) == 1 + 200:
                typed = PropertyInput(name="home  250", timezone="Europe/Paris", country="FR")
                with sessions.write() as session:
                    create_property(session, place.owner, place.account, typed, now=NOW)

    counts = store_home_file(Meanwhile(sessions.engine), VAULT, place.owner, file_id, now=NOW)
    assert (counts[Verdict.NEW], counts[Verdict.KNOWN]) == (299, 1)
    assert len(names(sessions)) == 1 + 300


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("home,check_in,check_out\nLoft,2026-07-01,2026-07-03\n", "timezone, country"),
        ("a,b\n1,2\n", "name, timezone, country"),
        ("name,country\nLoft,FR\n", "timezone"),
    ],
)
def test_a_file_without_the_needed_columns_is_refused_by_their_names(
    sessions: Sessions, place: Firm, text: str, missing: str
) -> None:
    with pytest.raises(InvalidInput, match=f"not found: {missing}$"):
        kept(sessions, place, text)


def test_columns_that_no_home_has_are_named(sessions: Sessions, place: Firm) -> None:
    file_id = kept(sessions, place, "name,bedrooms,timezone,country,,price\nA,1,Europe/Paris,FR,,2")
    with sessions.read() as session:
        found = preview_homes(session, VAULT, place.owner, file_id)
    assert found.unused == ("bedrooms", "price")
    assert found.rows[0].cells[Column.NAME] == "A"


def test_files_are_of_one_account_and_for_those_who_may_change_it(
    sessions: Sessions, place: Firm
) -> None:
    looker = Viewer(name="Lou", account_roles={place.account.id: frozenset({Role.VIEWER})})
    with sessions.write() as session:
        other = firm(session, "Mill Homes")
        with pytest.raises(Forbidden):
            keep_home_file(
                session, VAULT, looker, place.account.id, "x.csv", HEAD.encode(), now=NOW
            )
    file_id = kept(sessions, place, f"{HEAD}Loft,Europe/Paris,FR\n")
    for who, refusal in ((other.owner, NotFound), (looker, Forbidden)):
        with pytest.raises(refusal):
            store_home_file(sessions, VAULT, who, file_id, now=NOW)
    with sessions.write() as session:
        drop_home_file(session, place.owner, file_id)
        with pytest.raises(NotFound):
            preview_homes(session, VAULT, place.owner, file_id)


def test_a_file_that_nobody_confirms_is_forgotten_after_a_day(
    sessions: Sessions, place: Firm
) -> None:
    kept(sessions, place, f"{HEAD}Loft,Europe/Paris,FR\n")
    assert forget_expired(sessions, Retention(), NOW + timedelta(hours=23))["home_files"] == 0
    assert forget_expired(sessions, Retention(), NOW + timedelta(hours=25))["home_files"] == 1
    with sessions.read() as session:
        assert session.scalar(select(func.count(HomeFile.id))) == 0


def test_the_largest_file_is_stored(sessions: Sessions, place: Firm) -> None:
    file_id = kept(sessions, place, many(MOST_ROWS))
    counts = store_home_file(sessions, VAULT, place.owner, file_id, now=NOW)
    assert counts[Verdict.NEW] == MOST_ROWS
    assert len(names(sessions)) == MOST_ROWS + 1
