"""What is fixed about Hostaway: its form, rates and abilities, and its words in ours."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual, ReservationState
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

KEY_REFUSED = said(
    "Hostaway does not accept this account ID with this API key. In Hostaway, open Settings, "
    "Hostaway API, make a new key and copy the account ID and the key shown there."
)
NO_NUMBERS = said(
    "None of the newest bookings has a phone number. If guests do have numbers in Hostaway, the "
    "user who made the API key may not see guests' contact data: let that user see them."
)

STATES = {
    "new": ReservationState.STAYS,
    "modified": ReservationState.STAYS,
    "confirmed": ReservationState.STAYS,  # until 2020
    "ownerstay": ReservationState.BLOCK,
    "awaitingpayment": ReservationState.NOT_YET,
    "awaitingguestverification": ReservationState.NOT_YET,
    "pending": ReservationState.NOT_YET,
    "unconfirmed": ReservationState.NOT_YET,
    "inquiry": ReservationState.NOT_YET,
    "inquirypreapproved": ReservationState.NOT_YET,
    "unknown": ReservationState.NOT_YET,
    "cancelled": ReservationState.CANCELLED,
    "declined": ReservationState.CANCELLED,
    "expired": ReservationState.CANCELLED,
    "inquirydenied": ReservationState.CANCELLED,
    "inquirytimedout": ReservationState.CANCELLED,
    "inquirynotpossible": ReservationState.CANCELLED,
}
# calendars of other systems: no number, and a word in the place of a name
CALENDARS = (2009, 2010, 2015, 2016)
# channels that pass messages on themselves
PLATFORMS = frozenset({"airbnbofficial", "bookingcom", "homeaway", "expedia", "marriott"})
NO_NAMES = frozenset({"reserved", "blocked", "not available", "closed - not available", "busy"})

FORM = Form(
    where=said("Hostaway: Settings > Hostaway API > Create"),
    fields=(
        FormField(
            name="account_id",
            label=said("Account ID"),
            help=said("Only digits; shown above the list of API keys."),
        ),
        FormField(
            name="api_key",
            label=said("API key"),
            help=said("A long word, shown once when the key is made. Lost it? Make a new one."),
            kind=FieldKind.SECRET,
        ),
    ),
)

FACTS = Facts(
    vendor="hostaway",
    title="Hostaway",
    base_url="https://api.hostaway.com",
    form=FORM,
    rates=(
        Rate(requests=15, span=timedelta(seconds=10), scope="service"),
        Rate(requests=20, span=timedelta(seconds=10)),
    ),
    abilities=Abilities(incremental=True, webhooks=True, messages=True, notes=True),
    hooks=HookManual(registered_by_us=True),
    unconfirmed=(
        said("Whether a number added later counts as activity; the whole list is read too."),
        said("Whether a note alone can be changed on a reservation, without its other fields."),
        said("How its webhooks are listed and changed; should that fail, they may come twice."),
    ),
)
