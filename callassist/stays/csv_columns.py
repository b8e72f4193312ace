"""Which column of a file is what: guessed from its titles, corrected by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from callassist.domain.csv_titles import places_of


class Field(StrEnum):
    """What a column of a file of stays can hold."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    HOME = "home"
    GUEST = "guest"
    PHONE = "phone"
    PHONE_2 = "phone_2"
    LANGUAGE = "language"
    REFERENCE = "reference"
    STATUS = "status"


# Titles as Airbnb, Booking.com, Smoobu, Lodgify, Guesty, Hostaway and people write them, in plain
# small letters; the first that fits wins.
_TITLES: Mapping[Field, tuple[str, ...]] = {
    Field.CHECK_IN: (
        *("check in", "checkin", "check in date", "start date", "start", "arrival", "arrives"),
        *("arrival date", "from", "date from", "check in at", "arrivee", "date d arrivee"),
        *("date arrivee", "debut", "date de debut", "anreise", "du", "entree"),
    ),
    Field.CHECK_OUT: (
        *("check out", "checkout", "check out date", "end date", "end", "departure", "leaves"),
        *("departure date", "to", "until", "date to", "check out at", "depart", "date de depart"),
        *("date depart", "fin", "date de fin", "abreise", "au", "sortie"),
    ),
    Field.HOME: (
        *("home", "property", "property name", "listing", "listing name", "unit", "room"),
        *("rental", "house", "apartment", "accommodation", "logement", "annonce", "hebergement"),
        *("appartement", "propriete", "bien", "nom du logement", "unterkunft"),
    ),
    Field.GUEST: (
        *("guest", "guest name", "guest name s", "name", "full name", "booker", "booked by"),
        *("customer", "voyageur", "nom du voyageur", "nom", "client", "nom du client", "gast"),
    ),
    Field.PHONE: (
        *("phone", "phone number", "guest phone", "guest phone number", "contact", "mobile"),
        *("mobile phone", "telephone", "numero de telephone", "tel", "portable", "contact number"),
        *("telephone du voyageur", "telefon", "phone 1"),
    ),
    Field.PHONE_2: (
        *("phone 2", "second phone", "other phone", "telephone 2", "autre telephone"),
        *("second telephone", "mobile 2"),
    ),
    Field.LANGUAGE: ("language", "guest language", "langue", "locale", "lang", "sprache"),
    Field.REFERENCE: (
        *("reference", "confirmation code", "reservation", "reservation id", "booking number"),
        *("booking id", "booking", "book number", "id", "code", "reservation number", "ref"),
        *("code de confirmation", "numero de reservation", "reservation code", "uid"),
    ),
    Field.STATUS: ("status", "state", "booking status", "statut", "etat", "reservation status"),
}
NEEDED = (Field.CHECK_IN, Field.CHECK_OUT)
TEMPLATE = (
    *(Field.HOME, Field.CHECK_IN, Field.CHECK_OUT, Field.GUEST, Field.PHONE, Field.PHONE_2),
    *(Field.LANGUAGE, Field.REFERENCE),
)


def guessed(titles: Sequence[str]) -> dict[Field, int]:
    """By field the place (from 0) of the column that seems to hold it."""
    return places_of(titles, _TITLES)
