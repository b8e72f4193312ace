"""Which connectors are tried, against which server; one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callassist.pms_sync.registry import CONNECTORS
from callassist.ports.pms import PmsConnector
from tests.pms_sync.servers import (
    beds24,
    cloudbeds,
    guesty,
    hospitable,
    hostaway,
    hostaway_records,
    ical,
    lodgify,
    mews,
    ownerrez,
    smoobu,
)
from tests.pms_sync.servers.base import VendorServer


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A connector, the server that stands in for its system, and how the two meet."""

    connector: PmsConnector
    server: type[VendorServer]
    credentials: Callable[[Any], dict[str, str]]  # that this server lets in
    # field of the form: a value that looks right and is not; `verify` must name the field
    wrong: Mapping[str, str] = field(default_factory=dict)
    # field of the form: a value that `check` refuses before anything is asked
    malformed: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""  # what a sign-in there gave; credentials are empty then
    has_hooks: bool = True  # False: the system sends none to connections made in this way

    @property
    def vendor(self) -> str:
        return self.connector.facts.vendor

    @property
    def name(self) -> str:
        """By what a test is called: one system can be connected in two ways."""
        return f"{self.vendor}-by-sign-in" if self.token else self.vendor


ENTRIES: tuple[Entry, ...] = (
    Entry(
        connector=CONNECTORS["guesty"],
        server=guesty.GuestyServer,
        credentials=lambda server: {
            "client_id": guesty.CLIENT_ID,
            "client_secret": guesty.CLIENT_SECRET,
        },
        wrong={"client_secret": "other-guesty-secret-9999456789abcdef"},
        malformed={"client_id": "two words", "client_secret": "two words"},
    ),
    Entry(
        connector=CONNECTORS["hostaway"],
        server=hostaway.HostawayServer,
        credentials=lambda server: {
            "account_id": str(hostaway_records.ACCOUNT),
            "api_key": hostaway.API_KEY,
        },
        wrong={"api_key": "other0hostaway0key0123456789abcdef0123456789a"},
        malformed={"account_id": "two words", "api_key": "two words"},
        options={"token_rest_seconds": 0},  # this server's tokens can be used at once
    ),
    Entry(
        connector=CONNECTORS["smoobu"],
        server=smoobu.SmoobuServer,
        credentials=lambda server: {
            "api_key": smoobu.API_KEY,
            "api_secret": smoobu.API_SECRET,
        },
        wrong={"api_key": "otherSmoobuKey9999456789"},
        malformed={"api_key": "two words", "api_secret": "two words"},
    ),
    Entry(
        connector=CONNECTORS["lodgify"],
        server=lodgify.LodgifyServer,
        credentials=lambda server: {"api_key": lodgify.KEY},
        wrong={"api_key": "sample-lodgify-key-9999"},
        malformed={"api_key": "two words"},
    ),
    Entry(
        connector=CONNECTORS["hospitable"],
        server=hospitable.HospitableServer,
        credentials=lambda server: {"token": hospitable.TOKEN},
        wrong={"token": "other.hospitable.pat"},
        malformed={"token": "two words"},
    ),
    Entry(
        connector=CONNECTORS["ownerrez"],
        server=ownerrez.OwnerRezServer,
        credentials=lambda server: {"email": ownerrez.EMAIL, "token": ownerrez.PAT},
        wrong={"token": "pt_sample9999999999999999"},
        malformed={"email": "no address", "token": "two words"},
        has_hooks=False,
    ),
    Entry(
        connector=CONNECTORS["ownerrez"],
        server=ownerrez.OwnerRezServer,
        credentials=lambda server: {},
        token=ownerrez.OAUTH_TOKEN,
        options={"oauth": True},
    ),
    Entry(
        connector=CONNECTORS["cloudbeds"],
        server=cloudbeds.CloudbedsServer,
        credentials=lambda server: {"api_key": cloudbeds.API_KEY},
        wrong={"api_key": "cbat_9999456789abcdefghijklmnopqrstuv", "property_id": "190002"},
        malformed={"api_key": "two words", "property_id": "two words"},
    ),
    Entry(
        connector=CONNECTORS["beds24"],
        server=beds24.Beds24Server,
        credentials=lambda server: {"invite_code": beds24.INVITE_CODE},
        wrong={"invite_code": "invite+code/9999456789abcdef=="},
        malformed={"invite_code": "two words", "long_life_token": "both-are-not-wanted"},
    ),
    Entry(
        connector=CONNECTORS["mews"],
        server=mews.MewsServer,
        credentials=lambda server: {
            "client_token": mews.CLIENT_TOKEN,
            "access_token": mews.ACCESS_TOKEN,
        },
        wrong={
            "client_token": "9999D439EE522F44368DC78E1BFB0371-9999FB11DBE31D4621C4817E028D9E1D",
            "access_token": "9999B7B239D24632943D115EDE9CB810-9999F8FD8294692C940F6B5A8F9453D",
        },
        malformed={"client_token": "two words", "access_token": "••••"},
    ),
    Entry(
        connector=CONNECTORS["ical"],
        server=ical.ICalServer,
        credentials=lambda server: {"address": server.address, "name": "Maison 1"},
        malformed={"address": "ftp://example.com/a.ics", "closed": "perhaps"},
    ),
)
