"""What is fixed about Guesty: its form, rates and abilities, and what it says when it refuses."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

KEY_REFUSED = said(
    "Guesty does not accept this API key. In Guesty, open Integrations, OAuth Applications (or "
    "API & Webhooks), make a new application and copy its Client ID and Client Secret."
)
HIDDEN_BOOKINGS = said(
    "Guesty's new list of reservations leaves out bookings that its old list has (seen with "
    "Booking.com). Choose the old list under Reservations until Guesty has mended this."
)

FORM = Form(
    where=said("Guesty: Integrations > OAuth Applications > New application > Open API"),
    fields=(
        FormField(
            name="client_id",
            label=said("Client ID"),
            help=said("The first of the two values of the application, often beginning with 0oa."),
        ),
        FormField(
            name="client_secret",
            label=said("Client Secret"),
            help=said("Shown once when the application is made. Lost it? Make a new one."),
            kind=FieldKind.SECRET,
        ),
        FormField(
            name="reservations",
            label=said("Reservations"),
            help=said("The old list ends on 1 March 2027; then the new one is used by itself."),
            kind=FieldKind.CHOICE,
            required=False,
            choices=(("v3", said("New list (v3)")), ("legacy", said("Old list"))),
            default="v3",
        ),
    ),
)

FACTS = Facts(
    vendor="guesty",
    title="Guesty",
    base_url="https://open-api.guesty.com",
    form=FORM,
    rates=(
        Rate(requests=15, span=timedelta(seconds=1)),
        Rate(requests=120, span=timedelta(minutes=1)),
        Rate(requests=5000, span=timedelta(hours=1)),
    ),
    abilities=Abilities(webhooks=True, messages=True, notes=True),
    hooks=HookManual(registered_by_us=True),
    unconfirmed=(
        said("Whether the new list of reservations can tell only what changed: we read all."),
        said("How Guesty nests the reservation in its newer webhooks: several shapes are read."),
        said("How a guest's conversation is found: no official page says what the answer holds."),
    ),
)
