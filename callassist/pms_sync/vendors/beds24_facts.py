"""What is fixed about Beds24, and what a host is told about it."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

FACTS = Facts(
    vendor="beds24",
    title="Beds24",
    base_url="https://beds24.com/api/v2",
    form=Form(
        where=said(
            "In Beds24: Settings, then Marketplace, then API. Tick bookings, bookings-personal "
            "and properties to read, and allow linked properties."
        ),
        fields=(
            FormField(
                name="invite_code",
                label=said("Invite code"),
                help=said(
                    "This or the next one is needed; this is the best choice. It is used once, "
                    "within 24 hours. What it allows is fixed when it is made: to change it, make "
                    "a new one."
                ),
                kind=FieldKind.SECRET,
                required=False,
            ),
            FormField(
                name="long_life_token",
                label=said("Long life token"),
                help=said(
                    "Instead of an invite code. It can read only, and ends when nobody uses it "
                    "for 90 days."
                ),
                kind=FieldKind.SECRET,
                required=False,
            ),
        ),
    ),
    # counted in credits; most requests cost one, and each answer says what it cost
    rates=(Rate(requests=100, span=timedelta(minutes=5)),),
    abilities=Abilities(incremental=True, webhooks=True),
    hooks=HookManual(
        steps=(
            said("In Beds24: Settings, then Properties, then Access, for each of your properties."),
            said("Under Booking Webhook choose version 2 with personal data, and paste: {url}"),
            said("Save. Beds24 signs nothing: the address itself is the secret."),
        ),
    ),
    unconfirmed=(
        said("Beds24 does not say how many bookings stand on a page: we read on to its last."),
        said(
            "It does not say in which zone the date of the last change is: we ask for twelve "
            "hours more."
        ),
        said(
            "Bookings of a group seem to carry the phone number on the first of them only: we "
            "ask that one where another has none."
        ),
        said("Beds24 gives no time zone of a home: you are asked for it."),
    ),
)
