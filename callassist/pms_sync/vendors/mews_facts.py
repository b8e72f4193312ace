"""What is fixed about Mews, and what a host is told about it."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

FACTS = Facts(
    vendor="mews",
    title="Mews",
    base_url="https://api.mews.com",
    form=Form(
        where=said(
            "In Mews: Marketplace, then My subscriptions, then the integration made for this "
            "service."
        ),
        fields=(
            FormField(
                name="client_token",
                label=said("Client token"),
                help=said(
                    "Mews gives it to an application once it is certified. Whoever runs this "
                    "service can tell you whether there is one for you to use."
                ),
                kind=FieldKind.SECRET,
            ),
            FormField(
                name="access_token",
                label=said("Access token"),
                help=said("The key of your own property, shown on the integration's page."),
                kind=FieldKind.SECRET,
            ),
        ),
    ),
    rates=(Rate(requests=200, span=timedelta(seconds=30)),),
    abilities=Abilities(incremental=True, webhooks=True),
    hooks=HookManual(
        steps=(
            said(
                "Webhooks are set up by Mews: write to their partner support and ask for the "
                "general webhook."
            ),
            said("Give them this address: {url}"),
            said("Ask for the events of service orders, customers and resources."),
        ),
    ),
    unconfirmed=(
        said("Mews certifies applications before it lets them read real properties."),
        said("A token that opens several properties: the zone is asked for in all but the first."),
        said("Rooms that are blocked in Mews do not come over; they have no guest."),
    ),
)
