"""Three made-up booking systems on this machine, each in the shape of one that exists.

The demo's homes get their guests from here by the very adapters and transfers that hosts use.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from callassist.demo.cast import Home, number

VENDORS = ("hostaway", "smoobu", "lodgify")
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "hostaway": {"account_id": "12345", "api_key": "demo-key"},
    "smoobu": {"api_key": "demo-key"},
    "lodgify": {"api_key": "demo-key"},
}
_ONE_PAGE = 100
_UNWATCHED = Home(name="Boathouse", story="let there, and not a home here", begins=0)


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Somebody stays in a listing for some days."""

    number: int
    listing: int
    guest: str
    language: str
    phone: str
    arrival: date
    departure: date


def bookings_of(homes: Sequence[Home], today: date) -> list[Booking]:
    """Who stays tonight, and one guest who comes after them and gave no number."""
    found = [
        Booking(
            number=place,
            listing=place,
            guest=home.guest,
            language=home.language,
            phone=(*home.guest_numbers, "")[0],
            arrival=today - timedelta(days=1),
            departure=today + timedelta(days=3),
        )
        for place, home in enumerate(homes, start=1)
    ]
    coming = Booking(
        number=len(homes) + 1,
        listing=1,
        guest="Robin Example",
        language="en",
        phone="",
        arrival=today + timedelta(days=4),
        departure=today + timedelta(days=7),
    )
    later = Booking(
        number=len(homes) + 2,
        listing=len(homes),
        guest="Alex Example",
        language="fr",
        phone=number(6),
        arrival=today + timedelta(days=5),
        departure=today + timedelta(days=9),
    )
    return [*found, coming, later]


class BookingServer:
    """Answers the three systems' requests on one port, each below a path of its own."""

    def __init__(self, cast: Iterable[Home], today: date) -> None:
        homes: dict[str, list[Home]] = {vendor: [] for vendor in VENDORS}
        for home in cast:
            if home.booked_by:
                homes[home.booked_by].append(home)
        systems: dict[str, _Answer] = {
            vendor: _SHAPES[vendor](homes[vendor], bookings_of(homes[vendor], today))
            for vendor in VENDORS
        }

        class Handler(_Handler):
            answers = systems

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.base_urls = {vendor: f"http://127.0.0.1:{port}/{vendor}" for vendor in VENDORS}
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


_Answer = Callable[[str, str], Any]  # method and path -> JSON, None for what is not there


def _hostaway(homes: Sequence[Home], bookings: Sequence[Booking]) -> _Answer:
    listings = [_hostaway_listing(place, home) for place, home in _placed([*homes, _UNWATCHED])]
    reservations = [
        {
            "id": one.number,
            "listingMapId": one.listing,
            "channelName": "direct",
            "status": "new",
            "guestName": one.guest,
            "phone": one.phone or None,
            "guestLocale": one.language,
            "arrivalDate": one.arrival.isoformat(),
            "departureDate": one.departure.isoformat(),
        }
        for one in bookings
    ]

    def answer(method: str, path: str) -> Any:
        if (method, path) == ("POST", "/v1/accessTokens"):
            return {"token_type": "Bearer", "expires_in": 15897600, "access_token": "demo"}
        if path == "/v1/listings":
            return {"status": "success", "result": listings}
        if path == "/v1/reservations":
            return {"status": "success", "result": reservations}
        found = _of_path(reservations, path, "/v1/reservations/")
        return None if found is None else {"status": "success", "result": found}

    return answer


def _hostaway_listing(place: int, home: Home) -> dict[str, Any]:
    return {
        "id": place,
        "name": home.name,
        "internalListingName": home.name,
        "timeZoneName": home.zone,
        "checkInTimeStart": 15,
        "checkOutTime": 11,
        "countryCode": home.country,
        "specialStatus": None,
    }


def _smoobu(homes: Sequence[Home], bookings: Sequence[Booking]) -> _Answer:
    apartments = [{"id": place, "name": home.name} for place, home in _placed(homes)]
    details = [{"id": place, "timeZone": home.zone} for place, home in _placed(homes)]
    reservations = [
        {
            "id": one.number,
            "type": "reservation",
            "is-blocked-booking": False,
            "apartment": {"id": one.listing},
            "channel": {"name": "Website"},
            "guest-name": one.guest,
            "phone": one.phone,
            "language": one.language,
            "arrival": one.arrival.isoformat(),
            "departure": one.departure.isoformat(),
            "check-in": "15:00",
            "check-out": "11:00",
        }
        for one in bookings
    ]

    def answer(_method: str, path: str) -> Any:
        if path == "/api/me":
            return {"id": 1, "firstName": "Demo", "lastName": "Stays"}
        if path == "/api/apartments":
            return {"apartments": apartments}
        if path == "/api/reservations":
            return {"page": 1, "page_count": 1, "bookings": reservations}
        return _of_path(details, path, "/api/apartments/") or _of_path(
            reservations, path, "/api/reservations/"
        )

    return answer


def _lodgify(homes: Sequence[Home], bookings: Sequence[Booking]) -> _Answer:
    properties = [{"id": place, "name": home.name, "rooms": []} for place, home in _placed(homes)]
    reservations = [
        {
            "id": one.number,
            "property_id": one.listing,
            "status": "Booked",
            "source": "Manual",
            "language": one.language,
            "guest": {"name": one.guest, "phone": one.phone or None},
            "arrival": one.arrival.isoformat(),
            "departure": one.departure.isoformat(),
        }
        for one in bookings
    ]

    def answer(_method: str, path: str) -> Any:
        if path == "/v2/properties":
            return {"count": len(properties), "items": properties}
        if path == "/v2/reservations/bookings":
            return {"count": len(reservations), "items": reservations}
        return _of_path(reservations, path, "/v2/reservations/bookings/")

    return answer


_SHAPES = {"hostaway": _hostaway, "smoobu": _smoobu, "lodgify": _lodgify}


def _placed(homes: Sequence[Home]) -> list[tuple[int, Home]]:
    assert len(homes) < _ONE_PAGE, "the demo's systems have one page each"
    return list(enumerate(homes, start=1))


def _of_path(records: Iterable[Mapping[str, Any]], path: str, before: str) -> Any:
    wanted = path.removeprefix(before)
    return next((one for one in records if str(one["id"]) == wanted), None)


class _Handler(BaseHTTPRequestHandler):
    answers: Mapping[str, _Answer]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece; apart, each answer waits for an acknowledgement

    def do_GET(self) -> None:
        self._reply("GET")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._reply("POST")

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""

    def _reply(self, method: str) -> None:
        vendor, _, path = urlsplit(self.path).path.strip("/").partition("/")
        answer = self.answers.get(vendor)
        found = None if answer is None else answer(method, f"/{path}")
        body = json.dumps({"message": "not found"} if found is None else found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
