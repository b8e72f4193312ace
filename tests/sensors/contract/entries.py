"""Which sensors are tried, by which maker's side, and how a host connects them; one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tests.sensors.makers.any_device import AnyDevice, OwnShape
from tests.sensors.makers.base import Maker
from tests.sensors.makers.esphome import EspHome
from tests.sensors.makers.home_assistant import HomeAssistant
from tests.sensors.makers.minut import Minut
from tests.sensors.makers.netatmo import Netatmo
from tests.sensors.makers.noiseaware import NoiseAware
from tests.sensors.makers.seam import Seam
from tests.sensors.makers.tuya import Tuya


class Way(StrEnum):
    """How readings come to us."""

    POSTED = "posted"
    SIGNED_IN = "signed in"  # posted to the webhook that we registered there
    ASKED = "asked"
    HEARD = "heard at a broker"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A kind of sensor, the maker's side, and what the host chooses."""

    name: str
    adapter: str
    maker: Callable[..., Maker]
    way: Way = Way.POSTED
    signed: bool = True  # False: the address alone is the proof
    options: Mapping[str, Any] = field(default_factory=dict)
    has_levels: bool = True  # else notices of noise
    has_level_in_notices: bool = False
    has_own_times: bool = True
    one_post_for_all: bool = False
    silent_after: timedelta | None = timedelta(minutes=10)  # None: the maker says it
    guards_replay: bool = False
    is_variant: bool = False  # of a kind that another entry is for

    @property
    def is_posted(self) -> bool:
        return self.way in (Way.POSTED, Way.SIGNED_IN)


_NOTICES: dict[str, Any] = {"has_levels": False, "silent_after": None}

ENTRIES: tuple[Entry, ...] = (
    Entry(name="minut", adapter="minut", maker=Minut, way=Way.SIGNED_IN, **_NOTICES),
    Entry(name="minut-by-hand", adapter="minut", maker=Minut, is_variant=True, **_NOTICES),
    Entry(name="noiseaware", adapter="noiseaware", maker=NoiseAware, signed=False, **_NOTICES),
    Entry(
        name="noiseaware-named",
        adapter="noiseaware",
        maker=lambda: NoiseAware(
            {
                "notice 1": "breachOpened",
                "notice 2": "breachGoesOn",
                "notice 3": "breachStill",
                "quiet": "breachClosed",
            }
        ),
        signed=False,
        options={
            "alert_types": {
                "breachOpened": "first_notice",
                "breachGoesOn": "second_notice",
                "breachStill": "third_notice",
                "breachClosed": "ended",
            }
        },
        is_variant=True,
        **_NOTICES,
    ),
    Entry(
        name="seam",
        adapter="seam",
        maker=Seam,
        has_level_in_notices=True,
        guards_replay=True,
        **_NOTICES,
    ),
    Entry(
        name="netatmo",
        adapter="netatmo",
        maker=Netatmo,
        way=Way.ASKED,
        silent_after=timedelta(minutes=25),
    ),
    Entry(
        name="home_assistant",
        adapter="home_assistant",
        maker=HomeAssistant,
        one_post_for_all=True,
    ),
    Entry(name="mqtt", adapter="mqtt", maker=EspHome, way=Way.HEARD, has_own_times=False),
    Entry(name="tuya", adapter="tuya", maker=Tuya, silent_after=timedelta(minutes=60)),
    Entry(
        name="tuya-mislabelled",
        adapter="tuya",
        maker=lambda: Tuya(code="co2_value"),
        options={"field": "co2_value", "scale": 0.1},
        is_variant=True,
        silent_after=timedelta(minutes=60),
    ),
    Entry(
        name="tuya-gateway",
        adapter="tuya",
        maker=lambda: Tuya(code=None),
        is_variant=True,
        silent_after=timedelta(minutes=60),
    ),
    Entry(
        name="generic",
        adapter="generic",
        maker=AnyDevice,
        one_post_for_all=True,
        guards_replay=True,
    ),
    Entry(
        name="generic-own-shape",
        adapter="generic",
        maker=OwnShape,
        signed=False,
        options={
            "fields": {
                "each": "frames",
                "sensor": "node.name",
                "at": "ts",
                "level": "values[type=LAeq].v",
                "scale": 0.01,
            }
        },
        one_post_for_all=True,
        is_variant=True,
    ),
)


def those(wanted: Callable[[Entry], bool]) -> dict[str, Any]:
    """Arguments of `parametrize` for the `entry` fixture."""
    chosen = [entry for entry in ENTRIES if wanted(entry)]
    return {
        "argnames": "entry",
        "argvalues": chosen,
        "ids": [entry.name for entry in chosen],
        "indirect": True,
    }
