"""The numbers of a practice alert: nobody's, on the simulated network (DESIGN 3.10, 5)."""

from __future__ import annotations

from datetime import timedelta

from callassist.domain import phone
from callassist.domain.call_task import Party
from callassist.escalation.choosing import DialTarget
from callassist.models import CallTask
from callassist.storage.vault import Vault

PRACTICE_RING = timedelta(seconds=12)
# a guest who lets it ring, declines, is not reachable; then a host who answers
GUEST_NUMBERS = ("+12025550129", "+12025550169", "+12025550179")
HOST_NUMBER = "+12025550110"


def fake_target(vault: Vault, task: CallTask) -> DialTarget:
    """Whom this task of a practice alert phones; never a number that somebody typed in."""
    number = HOST_NUMBER
    if task.party == Party.GUEST:
        number = GUEST_NUMBERS[(task.attempt_number - 1) % len(GUEST_NUMBERS)]
    return DialTarget(
        number=vault.seal(number), number_index=vault.index(number), number_mask=phone.mask(number)
    )
