"""What is fixed about Cloudbeds, and what a host is told about it."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

FACTS = Facts(
    vendor="cloudbeds",
    title="Cloudbeds",
    base_url="https://api.cloudbeds.com/api/v1.3",
    form=Form(
        where=said(
            "In Cloudbeds: Account, then Apps & Marketplace, then API Credentials, then New "
            "Credentials."
        ),
        fields=(
            FormField(
                name="api_key",
                label=said("API key"),
                help=said(
                    "Begins with cbat_. Give it the permissions to read the hotel, "
                    "reservations and guests. A key that nobody uses for 30 days ends."
                ),
                kind=FieldKind.SECRET,
            ),
            FormField(
                name="property_id",
                label=said("Property ID"),
                help=said(
                    "Only if the key opens several properties and you want one of them: the "
                    "number in the address of your Cloudbeds pages."
                ),
                required=False,
            ),
        ),
    ),
    rates=(Rate(requests=5, span=timedelta(seconds=1)),),
    abilities=Abilities(incremental=True, webhooks=True),
    hooks=HookManual(registered_by_us=True),
    unconfirmed=(
        said("Cloudbeds says that some changes do not show in the date of the last change."),
        said(
            "It does not say in which zone the date of the last change is: we ask from the "
            "earlier of both readings."
        ),
        said("The words by which Cloudbeds refuses a key in an answer that says OK."),
    ),
)
