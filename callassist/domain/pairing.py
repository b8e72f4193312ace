"""Which listing is which home, and which sensor hangs there: proposals by name and address.

A proposal is what a person confirms; nothing is paired by it. Words are compared without accents,
capitals and signs; words that half of all names share ("apartment", the firm's name) say little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, log2

from callassist.domain.csv_titles import plain_title

SURE = 0.75  # of one, which is the same words
LEAST = 0.35
MARGIN = 0.2  # by which the best beats the second best, to be sure
_ADDRESS_COUNTS = 0.5  # of what a name counts


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A listing, a home or a sensor, as far as it has been named."""

    key: str
    name: str
    address: str = ""
    country: str | None = None
    parent_key: str | None = None  # of a unit of several


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a listing probably is; without a home it is probably a new one."""

    listing_key: str
    home_key: str | None = None
    sensor_keys: tuple[str, ...] = ()
    score: float = 0.0
    is_sure: bool = False


def propose(
    listings: Sequence[Candidate], homes: Sequence[Candidate], sensors: Sequence[Candidate]
) -> list[Proposal]:
    """One proposal for each listing, in their order.

    A home is proposed for one listing, or for several units of one parent; a sensor once.
    """
    weights = _weights([*listings, *homes, *sensors])
    home_of = _matched(listings, homes, weights)
    sensor_of = _matched(listings, sensors, weights, alone=True)
    proposals = []
    for one in listings:
        home_key, score, is_sure = home_of.get(one.key, (None, 0.0, False))
        sensor = sensor_of.get(one.key)
        proposals.append(
            Proposal(
                listing_key=one.key,
                home_key=home_key,
                sensor_keys=() if sensor is None else (sensor[0],),
                score=round(score, 3),
                is_sure=is_sure,
            )
        )
    return proposals


def likeness(one: Candidate, other: Candidate, weights: Mapping[str, float] | None = None) -> float:
    """From 0 (nothing in common, or another country) to 1 (the same words)."""
    if one.country and other.country and one.country.upper() != other.country.upper():
        return 0.0
    weights = weights or {}
    names = _shared(_words(one.name), _words(other.name), weights)
    if names == 1.0:
        return 1.0
    places = _shared(_words(one.address), _words(other.address), weights)
    return min(names + places * _ADDRESS_COUNTS, 0.99)


def _matched(
    listings: Sequence[Candidate],
    others: Sequence[Candidate],
    weights: Mapping[str, float],
    *,
    alone: bool = False,
) -> dict[str, tuple[str, float, bool]]:
    """By listing the best of the others that no better pair has taken."""
    scored = list(_scored(listings, others, weights))
    best_two: dict[str, list[float]] = defaultdict(list)
    for score, listing, other in scored:
        best_two[listing.key].append(score)
        best_two[f"other {other.key}"].append(score)
    found: dict[str, tuple[str, float, bool]] = {}
    taken: dict[str, Candidate] = {}
    for score, listing, other in sorted(scored, key=lambda one: (-one[0], one[1].key, one[2].key)):
        holder = taken.get(other.key)
        if listing.key in found or (holder and (alone or not _are_units(holder, listing))):
            continue
        rivals = [sorted(best_two[key], reverse=True)[1:2] for key in _ends(listing, other)]
        clear = all(score - rival >= MARGIN for one in rivals for rival in one)
        taken[other.key] = listing
        found[listing.key] = (other.key, score, score >= SURE and clear)
    return found


def _ends(listing: Candidate, other: Candidate) -> tuple[str, str]:
    return listing.key, f"other {other.key}"


def _are_units(one: Candidate, other: Candidate) -> bool:
    parents = {one.parent_key or one.key, other.parent_key or other.key}
    return len(parents) == 1


def _scored(
    listings: Sequence[Candidate], others: Sequence[Candidate], weights: Mapping[str, float]
) -> Iterator[tuple[float, Candidate, Candidate]]:
    """Pairs that are alike at all; only those are compared that share a word."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, other in enumerate(others):
        for word in _words(f"{other.name} {other.address}"):
            by_word[word].append(place)
    for listing in listings:
        words = _words(f"{listing.name} {listing.address}")
        for place in sorted({one for word in words for one in by_word.get(word, ())}):
            score = likeness(listing, others[place], weights)
            if score >= LEAST:
                yield score, listing, others[place]


def _shared(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    if not one or not other:
        return 0.0
    return _sum(one & other, weights) / _sum(one | other, weights)


def _sum(words: Iterable[str], weights: Mapping[str, float]) -> float:
    return fsum(weights.get(word, 1.0) for word in words)  # in any order: sets have none


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(plain_title(text).split())


def _weights(all_of_them: Sequence[Candidate]) -> dict[str, float]:
    """Rare words count most; numbers tell flats of one house apart and count double."""
    seen = Counter(word for one in all_of_them for word in _words(one.name))
    many = max(len(all_of_them), 1)
    return {
        word: log2(1 + many / count) * (2 if any(sign.isdigit() for sign in word) else 1)
        for word, count in seen.items()
    }
