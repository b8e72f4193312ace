"""What a stay's source last said, kept sealed, so that a page can show where it differs."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from callassist.models import Stay
from callassist.stays.details import NumberProblem, StayDetails
from callassist.storage.vault import Vault


def keep_snapshot(
    vault: Vault, stay: Stay, details: StayDetails, problems: Sequence[NumberProblem]
) -> StayDetails:
    """Fold what the source says now into what it said before; returns the whole."""
    before = source_says(vault, stay) or StayDetails()
    said = {name: value for name, value in vars(details).items() if value is not None}
    whole = StayDetails(**{**vars(before), **said})
    kept = [asdict(problem) for problem in problems]
    if details.numbers is None and stay.imported is not None:
        kept = stay.imported.get("problems", [])
    if whole != before or stay.imported is None or kept != stay.imported.get("problems"):
        stay.imported = _sealed(vault, whole, kept)
    return whole


def snapshot(
    vault: Vault, details: StayDetails, problems: Sequence[NumberProblem]
) -> dict[str, Any]:
    """What is kept of the first that a source says of a stay."""
    return _sealed(vault, details, [asdict(problem) for problem in problems])


def source_says(vault: Vault, stay: Stay) -> StayDetails | None:
    """What the source last said; None for a typed stay and after erasure."""
    if stay.imported is None or "sealed" not in stay.imported:
        return None
    return _from_json(json.loads(vault.open(base64.b64decode(stay.imported["sealed"]))))


def number_problems(stay: Stay) -> list[NumberProblem]:
    """Numbers of the source that cannot be dialled, by place and reason."""
    kept = (stay.imported or {}).get("problems", [])
    return [NumberProblem(position=one["position"], reason=one["reason"]) for one in kept]


def _sealed(vault: Vault, whole: StayDetails, problems: Sequence[dict[str, Any]]) -> dict[str, Any]:
    sealed = base64.b64encode(vault.seal(json.dumps(_to_json(whole)))).decode()
    return {"sealed": sealed, "problems": problems}


def _to_json(details: StayDetails) -> dict[str, Any]:
    return {
        "check_in_at": details.check_in_at and details.check_in_at.isoformat(),
        "check_out_at": details.check_out_at and details.check_out_at.isoformat(),
        "guest_name": details.guest_name,
        "language": details.language,
        "numbers": None if details.numbers is None else list(details.numbers),
    }


def _from_json(value: dict[str, Any]) -> StayDetails:
    check_in, check_out = value["check_in_at"], value["check_out_at"]
    return StayDetails(
        check_in_at=datetime.fromisoformat(check_in) if check_in else None,
        check_out_at=datetime.fromisoformat(check_out) if check_out else None,
        guest_name=value["guest_name"],
        language=value["language"],
        numbers=None if value["numbers"] is None else tuple(value["numbers"]),
    )
