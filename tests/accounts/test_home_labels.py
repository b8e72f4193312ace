"""Where homes are, and their tags: cleaned, and spelled one way within an account."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.accounts.home_labels import split_tags
from callassist.accounts.properties import PropertyInput, create_property, update_property
from callassist.errors import InvalidInput
from callassist.models import Property, PropertyTag
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import NOW, firm


def labelled(**values: object) -> PropertyInput:
    typed = {"name": "Loft", "timezone": "Europe/Paris", "country": "FR", **values}
    return PropertyInput(**typed)  # type: ignore[arg-type]


def tags_of(home: Property) -> list[str]:
    return [one.tag for one in home.tags]


def test_tags_are_cleaned_and_each_is_kept_once(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        typed = labelled(location=" Old   Port ", tags=split_tags(" sea ,two  bedrooms;; SEA\n"))
        home = create_property(session, place.owner, place.account, typed, now=NOW)
        assert home.location == "Old Port"
        assert tags_of(home) == ["sea", "two bedrooms"]


def test_a_tag_is_spelled_as_the_account_spells_it(sessions: Sessions) -> None:
    with sessions.write() as session:
        place, other = firm(session), firm(session, "Mill Homes")
        first = labelled(tags=["Sea"])
        create_property(session, place.owner, place.account, first, now=NOW)
        same = create_property(session, place.owner, place.account, labelled(tags=["sEA"]), now=NOW)
        others = create_property(
            session, other.owner, other.account, labelled(tags=["sea"]), now=NOW
        )
        assert (tags_of(same), tags_of(others)) == (["Sea"], ["sea"])


def test_tags_are_replaced_and_left_alone_when_not_typed(sessions: Sessions) -> None:
    with sessions.write() as session:
        place = firm(session)
        home_id = place.home.public_id
        update_property(session, place.owner, home_id, PropertyInput(tags=["sea", "big"]))
        update_property(session, place.owner, home_id, PropertyInput(location="Nice"))
        update_property(session, place.owner, home_id, PropertyInput(tags=["big", "new"]))
    with sessions.read() as session:
        assert set(session.scalars(select(PropertyTag.tag))) == {"big", "new"}
    with sessions.write() as session:
        update_property(session, place.owner, home_id, PropertyInput(tags=[]))
        assert session.scalars(select(PropertyTag)).all() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"location": "x" * 81}, "location"),
        ({"tags": ["x" * 31]}, "tags"),
        ({"tags": [" "]}, "tags"),
        ({"tags": ["a, b"]}, "tags"),
        ({"tags": [str(n) for n in range(11)]}, "tags"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    sessions: Sessions, values: dict[str, object], field: str
) -> None:
    with sessions.write() as session:
        place = firm(session)
        with pytest.raises(InvalidInput) as refused:
            create_property(session, place.owner, place.account, labelled(**values), now=NOW)
        assert refused.value.field == field
