"""Lodgify for the page on which a host connects it."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

FACTS = Facts(
    vendor="lodgify",
    title="Lodgify",
    base_url="https://api.lodgify.com",
    form=Form(
        where=said("In Lodgify: Settings, then Public API."),
        fields=(
            FormField(
                name="api_key",
                label=said("API key"),
                help=said(
                    "The long key on the page Public API. If the page shows none, ask "
                    "Lodgify's support: not every plan has one."
                ),
                kind=FieldKind.SECRET,
            ),
        ),
    ),
    rates=(Rate(requests=600, span=timedelta(minutes=1)),),
    abilities=Abilities(incremental=True, webhooks=True, messages=True, notes=True),
    hooks=HookManual(registered_by_us=True),
    unconfirmed=(
        said("Lodgify publishes no limit of requests; we keep to 600 a minute."),
        said("Lodgify gives no time zone and no check-in times: they are your home's own."),
        said("Messages and notes use an older part of Lodgify's interface."),
    ),
)
