"""Every phone network that can be chosen with `CALLASSIST_TELEPHONY`, in one place."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from callassist.clock import Clock
from callassist.errors import SettingsError
from callassist.ports.telephony import Telephony
from callassist.settings import TwilioSettings
from callassist.telephony.manual import ManualTelephony
from callassist.telephony.simulated.delivery import OwnEndpoint
from callassist.telephony.simulated.faults import Faults
from callassist.telephony.simulated.network import SimulatedNetwork


@dataclass(frozen=True, kw_only=True)
class NetworkParts:
    """What networks are built from; each takes what it needs."""

    clock: Clock
    data_dir: Path
    public_url: str  # what callbacks are addressed to and signed for
    local_url: str  # where this machine reaches the service, like http://127.0.0.1:8000
    secret: str  # signs simulated callbacks; derive it from the service's secret key
    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    twilio: TwilioSettings | None = None


Factory = Callable[[NetworkParts], Telephony]


def simulated(parts: NetworkParts) -> SimulatedNetwork:
    """The simulated network on its own file `simulated-network.sqlite3` in the data folder."""
    return SimulatedNetwork(
        parts.data_dir / "simulated-network.sqlite3",
        parts.clock,
        parts.seed,
        post=OwnEndpoint(parts.public_url, parts.local_url),
        secret=parts.secret,
        faults=parts.faults,
    )


def manual(parts: NetworkParts) -> ManualTelephony:
    """Manual mode needs nothing."""
    return ManualTelephony()


def twilio(parts: NetworkParts) -> Telephony:
    """The account of `[telephony.twilio]`."""
    if parts.twilio is None:
        raise SettingsError("CALLASSIST_TWILIO_ACCOUNT_SID: is needed to phone by Twilio")
    # by name and only here: its SDK takes 36 MB, which nobody else should pay
    module = importlib.import_module("callassist.telephony.twilio.network")
    network: Telephony = module.TwilioNetwork(
        parts.twilio, parts.clock, public_url=parts.public_url
    )
    return network


NETWORKS: dict[str, Factory] = {
    "simulated": simulated,
    "manual": manual,
    "twilio": twilio,
}


def build(name: str, parts: NetworkParts) -> Telephony:
    """The network of that name; SettingsError lists the names that exist."""
    if name not in NETWORKS:
        known = ", ".join(NETWORKS)
        raise SettingsError(f"CALLASSIST_TELEPHONY={name!r} is unknown; use one of {known}")
    return NETWORKS[name](parts)
