"""Every adapter, by the name that stands in its hook's address."""

from __future__ import annotations

from callassist.ports.sensors import SensorAdapter
from callassist.sensors.generic import GenericAdapter
from callassist.sensors.home_assistant import HomeAssistantAdapter
from callassist.sensors.minut import MinutAdapter
from callassist.sensors.mqtt import MqttAdapter
from callassist.sensors.netatmo import NetatmoAdapter
from callassist.sensors.noiseaware import NoiseAwareAdapter
from callassist.sensors.seam import SeamAdapter
from callassist.sensors.tuya import TuyaAdapter

ADAPTERS: dict[str, SensorAdapter] = {
    "generic": GenericAdapter(),
    "home_assistant": HomeAssistantAdapter(),
    "minut": MinutAdapter(),
    "netatmo": NetatmoAdapter(),
    "noiseaware": NoiseAwareAdapter(),
    "seam": SeamAdapter(),
    "mqtt": MqttAdapter(),
    "tuya": TuyaAdapter(),
}
