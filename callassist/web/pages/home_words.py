"""Words about homes: what they lack, how they sound, who takes their calls."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.call_takers import CallTakers
from callassist.domain.coverage import MissingPart
from callassist.web.translate import lazy_gettext as _l

# what lacks for all homes of an account at once
OF_THE_ACCOUNT = frozenset(
    {
        MissingPart.CHANNEL,
        MissingPart.DESK,
        MissingPart.OPERATOR,
        MissingPart.OPERATOR_LANGUAGE,
    }
)
ON_THE_ROSTER = _l("Put somebody on the roster.")  # where it is the host's own
# the button that leads to where it is mended
MEND: Mapping[str, LazyString] = {
    MissingPart.SENSOR: _l("Pair a sensor"),
    MissingPart.SENSOR_SILENT: _l("See the sensor"),
    MissingPart.STAY: _l("Enter the stay"),
    MissingPart.GUEST_NUMBER: _l("Enter a number"),
    MissingPart.GUEST_COUNTRY: _l("See the countries"),
    MissingPart.HOST_CONTACT: _l("Enter a contact"),
    MissingPart.CHANNEL: _l("Add a way to tell you"),
    MissingPart.DESK: _l("See the homes"),
    MissingPart.OPERATOR: _l("See the homes"),
    MissingPart.OPERATOR_LANGUAGE: _l("See the homes"),
}
# in one or two words, for a list
LACKS: Mapping[str, LazyString] = {
    MissingPart.SENSOR: _l("no sensor"),
    MissingPart.SENSOR_SILENT: _l("sensor not heard"),
    MissingPart.PAUSED: _l("paused"),
    MissingPart.SHADOW: _l("shadow mode"),
    MissingPart.STAY: _l("no stay known"),
    MissingPart.GUEST_NUMBER: _l("no number of the guest"),
    MissingPart.GUEST_COUNTRY: _l("country not allowed"),
    MissingPart.HOST_CONTACT: _l("no contact of yours"),
    MissingPart.CHANNEL: _l("no proved way to tell you"),
    MissingPart.DESK: _l("no desk"),
    MissingPart.OPERATOR: _l("nobody on duty all night"),
    MissingPart.OPERATOR_LANGUAGE: _l("nobody with the guest’s language"),
}
# how it sounds in a home now
SOUNDS: Mapping[str, LazyString] = {
    "calm": _l("Calm"),
    "raised": _l("Raised"),
    "loud": _l("Loud"),
    "unheard": _l("Not heard"),
    "no_sensor": _l("No sensor"),
}
SOUND_TONE: Mapping[str, str] = {
    "calm": "calm",
    "raised": "watch",
    "loud": "loud",
    "unheard": "",
    "no_sensor": "",
}
SOUND_ICON: Mapping[str, str] = {
    "calm": "volume-1",
    "raised": "volume-2",
    "loud": "volume-2",
    "unheard": "wifi-off",
    "no_sensor": "unplug",
}
TAKERS: Mapping[str, tuple[LazyString, LazyString]] = {
    CallTakers.SERVICED: (
        _l("A call desk works for us"),
        _l("Its operators take the calls of many hosts."),
    ),
    CallTakers.OWN_DESK: (
        _l("Our own operators, at a screen"),
        _l("In shifts, at a desk of your own."),
    ),
    CallTakers.ON_CALL: (
        _l("We take turns by phone"),
        _l("Whoever has duty is rung and connected to the guest."),
    ),
}
