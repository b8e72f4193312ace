"""Brands of sensors that are asked with their owners' permission."""

from __future__ import annotations

from callassist.clock import Clock
from callassist.ports.sensors import Intake
from callassist.sensors.asked.brands import MINUT, NETATMO, Asking
from callassist.settings import Settings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


def make_asking(
    settings: Settings, sessions: Sessions, vault: Vault, clock: Clock, intake: Intake
) -> Asking:
    """How this process asks them; without a registered client nobody is asked."""
    return Asking(
        sessions=sessions,
        vault=vault,
        clock=clock,
        intake=intake,
        settings={MINUT: settings.minut, NETATMO: settings.netatmo},
        public_url=settings.service.public_url,
        own_messages_fields=settings.minut.own_messages_fields,
    )
