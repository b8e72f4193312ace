"""Brands of sensors in words: how each is connected, and what its silence means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from callassist.web.pages.host.rules_words import exact_level
from callassist.web.pages.message_refusals import message_words
from callassist.web.translate import lazy_gettext as _l


@dataclass(frozen=True, kw_only=True)
class Brand:
    """One way to connect; `proof` says what proves who sends."""

    adapter: str
    name: str | LazyString
    icon: str
    lead: LazyString
    steps: tuple[LazyString, ...]
    silence: LazyString
    proof: str = "address"  # signed, bearer, typed (the maker shows it), address, none (we ask)
    example: str = ""
    unsure: LazyString | None = None
    steps_done: int = 0  # by having made the address
    own_fields: tuple[str, ...] = ()  # of the form, beside name and proof


_LEVEL_SILENCE = _l(
    "It measures without a break. When it says nothing for ten minutes, or two and a half times as "
    "long as it usually takes, it counts as not heard: neither quiet nor loud."
)
_NOTICE_SILENCE = _l(
    "It speaks only when it is loud and when it is quiet again. That it says nothing is usual; "
    "only its maker can say that a device is not heard."
)

_ALL = (
    Brand(
        adapter="minut",
        name="Minut",
        icon="radio",
        lead=_l("Notices after about 10, 20 and 30 minutes."),
        steps=(
            _l("Make an address here and give it to Minut as a webhook (API v8, /webhooks)."),
            _l("Minut then shows a secret once: enter it on the connection’s page."),
            _l("Each home of Minut appears under Sensors with its first notice; pair it there."),
        ),
        silence=_NOTICE_SILENCE,
        proof="typed",
        unsure=_l("Minut does not publish how it signs; the address is a secret of its own."),
        example='{"hook_id": "6628…", "event": {"type": "disturbance_first_notice", '
        '"home_id": "65f0…", "created_at": "2026-06-13T20:00:00Z", "id": "9a1…"}}',
    ),
    Brand(
        adapter="netatmo",
        name="Netatmo",
        icon="radio",
        lead=_l("Levels, every ten minutes."),
        steps=(
            _l("Sign in at Netatmo and allow us to read your stations."),
            _l("Each station and module with a noise meter appears under Sensors; pair it there."),
        ),
        silence=_l(
            "A station uploads every ten minutes. After 25 minutes without a level it counts as "
            "not heard."
        ),
        proof="none",
    ),
    Brand(
        adapter="noiseaware",
        name="NoiseAware",
        icon="radio",
        lead=_l("Alerts without a level."),
        steps=(
            _l("Make an address here."),
            _l("Ask NoiseAware to send its AutoResolve partner alerts to this address."),
            _l("Each zone appears under Sensors with its first alert; pair it there."),
        ),
        steps_done=1,
        silence=_NOTICE_SILENCE,
        unsure=_l(
            "NoiseAware’s names for alerts of noise are not published; see the last message."
        ),
        example='{"NoiseawarePropertyID": 1, "NoiseawareAZID": 1, "NoiseawareAZName": '
        '"living room", "AlertTime": "2026-06-13T22:00:00-05:00", "AlertType": "…"}',
    ),
    Brand(
        adapter="seam",
        name="Seam",
        icon="radio",
        lead=_l("Minut and NoiseAware through Seam."),
        steps=(
            _l("Make an address here, then a webhook for it in Seam’s console under Developer."),
            _l("Choose the event noise_sensor.noise_threshold_triggered."),
            _l("Seam then shows a secret (whsec_…): enter it on the connection’s page."),
        ),
        silence=_NOTICE_SILENCE,
        proof="typed",
        example='{"event_type": "noise_sensor.noise_threshold_triggered", "device_id": "…", '
        '"noise_level_decibels": 78, "occurred_at": "2026-06-13T20:00:00Z"}',
    ),
    Brand(
        adapter="home_assistant",
        name="Home Assistant",
        icon="house",
        lead=_l("Any sound level, every minute."),
        steps=(
            _l("Make an address: the page then shows a package with the address filled in."),
            _l("Save the package as packages/call_assist.yaml and put your sensors’ names in it."),
            _l("Check the configuration and restart Home Assistant."),
            _l("Your sensors appear under Sensors within a minute; pair them there."),
        ),
        steps_done=1,
        silence=_l(
            "The package sends every minute. States that are “unavailable” or “unknown”, or that "
            "the device has not renewed for 15 minutes, are no readings; ten minutes without one, "
            "and the sensor counts as not heard."
        ),
        proof="bearer",
        example='{"sensor": "sensor.hall_sound_level", "state": "62.5", "unit": "dB", '
        '"at": "2026-06-13T20:00:00+00:00", "reported_at": "2026-06-13T19:59:40+00:00"}',
    ),
    Brand(
        adapter="mqtt",
        name=_l("MQTT and ESPHome"),
        icon="radio",
        lead=_l("Meters that send to a broker."),
        steps=(
            _l("Name the broker and a user that may read the topic; nothing else."),
            _l("In the topic a + stands for the sensor’s name, like home/+/noise."),
            _l("ESPHome: set qos: 1 for the meter, so that nothing is lost while we restart."),
            _l("Each meter appears under Sensors with its first level; pair it there."),
        ),
        silence=_LEVEL_SILENCE,
        proof="none",
        example="home/hall/noise  62.5",
        own_fields=("topic", "level", "scale"),
    ),
    Brand(
        adapter="tuya",
        name="Tuya",
        icon="radio",
        lead=_l("Its meters, by cloud or gateway."),
        steps=(
            _l("Make an address and let your gateway or your Tuya cloud project post to it."),
            _l("Open the connection after the first message and choose the field with the level."),
            _l("Each device appears under Sensors; pair it there."),
        ),
        silence=_l(
            "It reports changes only: that it says nothing does not mean that it is quiet. After "
            "an hour without a word it counts as not heard; a call starts only with a new loud "
            "level."
        ),
        proof="bearer",
        unsure=_l("Makers name the level as they like and often send tenths of a dB."),
        example='{"devId": "bf12ab", "status": [{"code": "noise_value", "value": 625}], '
        '"t": 1781380800000}',
        own_fields=("field", "scale", "sensor"),
    ),
    Brand(
        adapter="generic",
        name=_l("Any sensor that can post JSON"),
        icon="send",
        lead=_l("In our shape, or in yours."),
        steps=(
            _l("Make an address and let your system post to it."),
            _l("If it has a shape of its own, open the connection and choose the fields."),
            _l("What it sends appears under Sensors; pair it there."),
        ),
        steps_done=1,
        silence=_LEVEL_SILENCE,
        proof="signed",
        example='{"sensor": "hall", "at": "2026-06-13T20:00:00Z", "level_db": 62.5}',
    ),
)

BRANDS: Mapping[str, Brand] = {brand.adapter: brand for brand in _ALL}

BROKER_STATES: Mapping[str, tuple[LazyString, str]] = {
    "waiting": (_l("Not tried yet; that takes some seconds."), "watch"),
    "connected": (_l("Connected: we listen."), "calm"),
    "unknown_name": (_l("No such name on the internet. Check the broker’s name."), "loud"),
    "private": (
        _l(
            "This address is inside a private network, which we do not connect to. Use a public "
            "broker, or ask your administrator to allow your own network."
        ),
        "loud",
    ),
    "unreachable": (
        _l("Nobody answers there. Check port, TLS and firewall. We go on trying."),
        "loud",
    ),
    "certificate": (
        _l(
            "The broker’s certificate does not fit its name, or nobody we trust issued it. If you "
            "have a certificate authority of your own, paste its certificate below."
        ),
        "loud",
    ),
    "refused": (_l("The broker refuses user name or password."), "loud"),
    "topic_refused": (_l("This user may not read this topic at the broker."), "loud"),
    "lost": (_l("The connection was lost. We go on trying."), "watch"),
}


def name_of(adapter: str) -> str:
    """What a brand is called."""
    brand = BRANDS.get(adapter)
    return adapter if brand is None else str(brand.name)


def words_for_pages() -> dict[str, Callable[..., object]]:
    """What the templates of these pages say things with."""
    return {
        "brand_name": name_of,
        "brand_of": BRANDS.get,
        "exact_level": exact_level,
        "message_words": message_words,
    }
