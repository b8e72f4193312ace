"""The phone network that the settings name."""

from __future__ import annotations

import hashlib
import hmac

from callassist.clock import Clock
from callassist.errors import SettingsError
from callassist.ports.telephony import Telephony
from callassist.settings import Settings
from callassist.telephony.manual import ManualTelephony
from callassist.telephony.simulated import SimulatedNetwork
from callassist.telephony.simulated.delivery import HttpDelivery
from callassist.telephony.simulated.faults import Faults

CALL_LOG = "simulated-network.db"


def make_telephony(
    settings: Settings, clock: Clock, secret_key: str, faults: Faults | None = None
) -> Telephony:
    """The adapter for `CALLASSIST_TELEPHONY`; SettingsError for an unknown name."""
    name = settings.telephony.network
    if name == "manual":
        return ManualTelephony()
    if name != "simulated":
        raise SettingsError(f"CALLASSIST_TELEPHONY: {name!r} is not known; use simulated or manual")
    # a key of its own, so that the network never signs with what seals numbers
    secret = hmac.new(secret_key.encode(), b"simulated network", hashlib.sha256).hexdigest()
    return SimulatedNetwork(
        settings.service.data_dir / CALL_LOG,
        clock,
        settings.telephony.simulated_seed,
        post=HttpDelivery(),
        secret=secret,
        faults=faults,
    )
