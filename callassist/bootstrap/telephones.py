"""The phone network that the settings name."""

from __future__ import annotations

import hashlib
import hmac

from callassist.clock import Clock
from callassist.ports.telephony import Telephony
from callassist.settings import Bind, Settings
from callassist.telephony import registry
from callassist.telephony.simulated import Faults

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 not bound here, looked up


def make_telephony(
    settings: Settings, clock: Clock, secret_key: str, faults: Faults | None = None
) -> Telephony:
    """The network of `CALLASSIST_TELEPHONY`; SettingsError for an unknown name."""
    return registry.build(settings.telephony.network, _parts(settings, clock, secret_key, faults))


def make_rehearsal(
    telephony: Telephony, settings: Settings, clock: Clock, secret_key: str
) -> Telephony:
    """The simulated network of practice alerts: `telephony` itself where that is simulated."""
    if telephony.capabilities().simulated:
        return telephony
    return registry.simulated(_parts(settings, clock, secret_key, None))


def _parts(
    settings: Settings, clock: Clock, secret_key: str, faults: Faults | None
) -> registry.NetworkParts:
    # a key of its own, so that the network never signs with what seals numbers
    secret = hmac.new(secret_key.encode(), b"simulated network", hashlib.sha256).hexdigest()
    return registry.NetworkParts(
        clock=clock,
        data_dir=settings.service.data_dir,
        public_url=settings.service.public_url,
        local_url=local_url(settings.service.bind),
        secret=secret,
        seed=settings.telephony.simulated_seed,
        faults=faults or Faults(),
        twilio=settings.twilio,
    )


def local_url(bind: Bind) -> str:
    """Where this machine reaches its own web server."""
    host = _EVERYWHERE.get(bind.host, bind.host)
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{bind.port}"
