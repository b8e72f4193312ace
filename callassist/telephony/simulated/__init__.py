"""A small phone network on this machine: durable, seeded, on the service's clock.

Nobody is ever phoned: the only thing that leaves it are callbacks to the service's own address.
"""

from __future__ import annotations

from callassist.telephony.simulated.call_log import SimulatedCall
from callassist.telephony.simulated.faults import Faults
from callassist.telephony.simulated.network import SimulatedNetwork
from callassist.telephony.simulated.texts import SimulatedText

__all__ = ["Faults", "SimulatedCall", "SimulatedNetwork", "SimulatedText"]
