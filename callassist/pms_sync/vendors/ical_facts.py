"""What is fixed about calendar feeds, and what a host is told about them."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

AS_STAY, AS_BLOCK = "stay", "block"

FACTS = Facts(
    vendor="ical",
    title=said("Calendar (iCal)"),
    form=Form(
        where=said(
            "Airbnb: Calendar, Availability, Connect calendars. Booking.com: Rates & Availability, "
            "Sync calendars. Vrbo: Calendar, Import & Export. Copy the link to export."
        ),
        fields=(
            FormField(
                name="address",
                label=said("Address of the calendar"),
                help=said(
                    "The link to export, which usually ends in .ics. Whoever has it can read the "
                    "calendar: it is kept like a password."
                ),
                kind=FieldKind.ADDRESS,
            ),
            FormField(
                name="name",
                label=said("Whose calendar it is"),
                help=said("The home, and the platform if it has several: Lake house, Airbnb."),
            ),
            FormField(
                name="closed",
                label=said("What “CLOSED - Not available” means"),
                help=said(
                    "Booking.com writes this for guests and for days that you closed, and nothing "
                    "tells them apart."
                ),
                kind=FieldKind.CHOICE,
                required=False,
                choices=(
                    (AS_STAY, said("Somebody stays: ask me for the number")),
                    (AS_BLOCK, said("Closed days: nobody stays")),
                ),
                default=AS_STAY,
            ),
        ),
    ),
    rates=(Rate(requests=6, span=timedelta(minutes=1)),),
    abilities=Abilities(single=False, has_numbers=False, disappearance=True),
    unconfirmed=(
        said("Calendars are often hours old: a booking of today may come over tomorrow."),
        said("How Vrbo names its guests and its blocked days."),
    ),
)
