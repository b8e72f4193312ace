"""One measured figure and its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`figure` in `unit`; fine while it is at most (or at least) `limit`; None: just shown."""

    name: str
    figure: float
    unit: str
    limit: float | None = None
    bound: Literal["at most", "at least"] = "at most"

    @property
    def is_fine(self) -> bool:
        """Whether the limit is kept."""
        if self.limit is None:
            return True
        return self.figure <= self.limit if self.bound == "at most" else self.figure >= self.limit

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "figure": self.figure,
            "unit": self.unit,
            "limit": self.limit,
            "bound": self.bound,
            "ok": self.is_fine,
        }

    def __str__(self) -> str:
        text = f"{self.name:<58} {self.figure:>12,.4g} {self.unit}"
        if self.limit is None:
            return text
        verdict = "ok" if self.is_fine else "MISSED"
        return f"{text:<84} {verdict} ({self.bound} {self.limit:,g})"


def report(figures: list[Figure]) -> dict[str, Any]:
    """Print them, one a line, and give them back as what `main` of a measurement returns."""
    for figure in figures:
        print(figure, flush=True)
    return {"figures": [figure.to_dict() for figure in figures]}


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
