"""OwnerRez for the page on which a host connects it."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, OAuth, Rate
from callassist.ports.wording import said

FACTS = Facts(
    vendor="ownerrez",
    title="OwnerRez",
    base_url="https://api.ownerrez.com",
    form=Form(
        where=said("In OwnerRez: the menu at the top right, Developer/API Settings."),
        fields=(
            FormField(
                name="email",
                label=said("E-mail address"),
                help=said("The one with which you sign in at OwnerRez."),
            ),
            FormField(
                name="token",
                label=said("Personal access token"),
                help=said(
                    "Create one under Developer/API Settings. It begins with pt_ and is "
                    "shown only once."
                ),
                kind=FieldKind.SECRET,
            ),
        ),
        oauth=OAuth(
            authorize_url="https://app.ownerrez.com/oauth/authorize",
            token_url="https://api.ownerrez.com/oauth/access_token",  # noqa: S106 an address
        ),
    ),
    # counted by the address that asks: all hosts of this installation together
    rates=(Rate(requests=300, span=timedelta(minutes=5), scope="service"),),
    abilities=Abilities(incremental=True, webhooks=True, disappearance=True),
    hooks=HookManual(registered_by_us=True),
    unconfirmed=(
        said(
            "OwnerRez allows 300 requests in five minutes for all hosts of this service "
            "together, and a number costs one request: a first transfer may take a while."
        ),
        said(
            "OwnerRez lets one service use the personal tokens of two accounts a day only; "
            "beyond that, connect by signing in at OwnerRez."
        ),
        said("OwnerRez sends notices of changes only to a connection made by signing in."),
        said("OwnerRez gives no time zone and no language."),
    ),
)
