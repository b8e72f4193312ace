"""Proposals of which listing is which home: by words, and never one home for two."""

from __future__ import annotations

from math import sqrt

from callassist.domain.pairing import Candidate, likeness, propose


def named(*names: str, **more: str | None) -> list[Candidate]:
    """Candidates whose key is their name."""
    return [Candidate(key=name, name=name, **more) for name in names]  # type: ignore[arg-type]


def paired(listings: list[Candidate], homes: list[Candidate]) -> dict[str, str | None]:
    """What is proposed, by listing."""
    return {one.listing_key: one.home_key for one in propose(listings, homes, [])}


def test_accents_capitals_and_signs_do_not_matter_and_the_same_words_are_sure() -> None:
    (found,) = propose(named("HÔTEL-Élysée, n° 5"), named("Hotel Elysee N 5", "Elysee 7"), [])
    assert (found.home_key, found.score, found.is_sure) == ("Hotel Elysee N 5", 1.0, True)


def test_the_same_words_are_the_same_in_whatever_order_they_are_added_up() -> None:
    words = [f"{sign}{number}" for sign in "abcdefgh" for number in range(5)]
    listings = named(*(" ".join(words[start : start + 12]) for start in range(20)))
    homes = named(*(" ".join(reversed(one.name.split())) for one in listings))
    for listing, home in zip(listings, homes, strict=True):
        assert likeness(listing, home, dict(zip(words, map(sqrt, range(40)), strict=True))) == 1.0


def test_the_number_of_a_flat_counts_more_than_the_name_of_the_house() -> None:
    homes = named("Canal House 1", "Canal House 2", "Canal House 12")
    listings = named("Canal House 12", "Canal House 2 - Airbnb", "Canal House 1 Booking")
    assert paired(listings, homes) == {
        "Canal House 12": "Canal House 12",
        "Canal House 2 - Airbnb": "Canal House 2",
        "Canal House 1 Booking": "Canal House 1",
    }


def test_two_listings_that_are_nearly_alike_are_for_a_person_to_tell_apart() -> None:
    found = propose(named("Lake Loft", "Lake Loft Garden"), named("Lake Loft Terrace"), [])
    assert [one.is_sure for one in found] == [False, False]
    assert len([one for one in found if one.home_key]) == 1


def test_units_of_one_parent_may_share_a_home() -> None:
    rooms = [
        Candidate(key=f"room {number}", name="Villa Sol", parent_key="villa") for number in (1, 2)
    ]
    assert paired(rooms, named("Villa Sol")) == {"room 1": "Villa Sol", "room 2": "Villa Sol"}


def test_another_country_is_another_home_and_an_address_helps() -> None:
    listing = [Candidate(key="L", name="Blue flat", address="3 Quai Vert, Lyon", country="FR")]
    abroad = [Candidate(key="A", name="Blue flat", country="PT")]
    here = [Candidate(key="B", name="Blue apartment", address="Quai Vert 3, Lyon", country="fr")]
    assert paired(listing, abroad) == {"L": None}
    assert paired(listing, [*abroad, *here]) == {"L": "B"}


def test_a_sensor_is_proposed_once_and_nothing_for_nothing() -> None:
    found = propose(named("Attic", "Cellar", ""), [], named("Minut Attic", "garage"))
    assert [one.sensor_keys for one in found] == [("Minut Attic",), (), ()]
    assert propose([], named("x"), []) == []


def test_hundreds_are_quick_to_compare() -> None:
    many = named(*(f"Flat {number} Rue {number % 7}" for number in range(100)))
    found = propose(many, many, many)
    assert all(one.home_key == one.listing_key and one.is_sure for one in found)
