"""Every connector, one line each; the order is that of the page on which a host chooses."""

from __future__ import annotations

from callassist.pms_sync.vendors.beds24 import Beds24
from callassist.pms_sync.vendors.cloudbeds import Cloudbeds
from callassist.pms_sync.vendors.guesty import Guesty
from callassist.pms_sync.vendors.hospitable import Hospitable
from callassist.pms_sync.vendors.hostaway import Hostaway
from callassist.pms_sync.vendors.ical import ICalendar
from callassist.pms_sync.vendors.lodgify import Lodgify
from callassist.pms_sync.vendors.mews import Mews
from callassist.pms_sync.vendors.ownerrez import OwnerRez
from callassist.pms_sync.vendors.smoobu import Smoobu
from callassist.ports.pms import PmsConnector

_ALL: tuple[PmsConnector, ...] = (
    Guesty(),
    Hostaway(),
    Smoobu(),
    Lodgify(),
    Hospitable(),
    OwnerRez(),
    Cloudbeds(),
    Beds24(),
    Mews(),
    ICalendar(),
)

CONNECTORS: dict[str, PmsConnector] = {one.facts.vendor: one for one in _ALL}
