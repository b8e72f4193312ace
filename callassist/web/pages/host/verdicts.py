"""Homes by what tonight lacks: hundreds of homes have a handful of verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from callassist.domain.coverage import Coverage, MissingPart
from callassist.escalation.coverage_of_many import Night
from callassist.web.pages.host.home_rows import HomeRow

NAMED = 3  # homes that a card names


class Lacking(NamedTuple):
    """How many homes lack something, and the first of them."""

    amount: int
    first: list[HomeRow]


class Verdicts:
    """Every home's verdict; the homes are counted once, in their order."""

    def __init__(self, homes: Sequence[HomeRow], judged: Mapping[int, Night]) -> None:
        self._homes = homes
        self._places: dict[int, list[int]] = {}  # of the homes, by what says what they lack
        self._said: dict[int, Coverage] = {}
        for place, home in enumerate(homes):
            coverage = judged[home.id].coverage
            key = id(coverage)  # one object for all that are alike; to compare them costs more
            if key not in self._said:
                self._said[key], self._places[key] = coverage, []
            self._places[key].append(place)

    @property
    def covered(self) -> int:
        """Homes that lack nothing but a real phone network."""
        return sum(
            len(places)
            for key, places in self._places.items()
            if not self._said[key].really_missing
        )

    def lacking(self, part: MissingPart) -> Lacking:
        """The homes that lack it."""
        found = [places for key, places in self._places.items() if part in self._said[key].missing]
        first = sorted(place for places in found for place in places[:NAMED])[:NAMED]
        return Lacking(sum(map(len, found)), [self._homes[place] for place in first])
