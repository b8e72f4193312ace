"""The rules that apply to each home: its preset's, else the service's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.bootstrap.build import policy_below
from callassist.domain.policy import EscalationPolicy
from callassist.models import Policy
from callassist.web.pages import asking


def service_rules() -> EscalationPolicy:
    """What applies to a home without a preset."""
    return _default(asking.service().settings.config_dir)


def rules_by_preset(
    session: Session, preset_ids: Iterable[int | None]
) -> dict[int | None, EscalationPolicy]:
    """The rules of each preset; under None those of the service."""
    wanted = [one for one in set(preset_ids) if one is not None]
    found: dict[int | None, EscalationPolicy] = {None: service_rules()}
    if wanted:
        for policy_id, rules in session.execute(
            select(Policy.id, Policy.rules).where(Policy.id.in_(wanted))
        ):
            found[policy_id] = EscalationPolicy.from_dict(rules)
    return found


@lru_cache(maxsize=4)
def _default(config_dir: Path) -> EscalationPolicy:
    return policy_below(config_dir)
