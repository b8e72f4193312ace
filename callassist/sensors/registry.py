"""Every adapter, by the name that stands in its hook's address."""

from __future__ import annotations

from callassist.ports.sensors import SensorAdapter
from callassist.sensors.generic import GenericAdapter
from callassist.sensors.minut import MinutAdapter

ADAPTERS: dict[str, SensorAdapter] = {
    "generic": GenericAdapter(),
    "minut": MinutAdapter(),
}
