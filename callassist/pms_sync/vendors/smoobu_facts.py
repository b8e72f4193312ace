"""What is fixed about Smoobu: its form, rates and abilities, and what it says when it refuses."""

from __future__ import annotations

from datetime import timedelta

from callassist.ports.pms import Abilities, Facts, HookManual
from callassist.ports.pms_access import FieldKind, Form, FormField, Rate
from callassist.ports.wording import said

KEY_REFUSED = said(
    "Smoobu does not accept this API key. In Smoobu, open Settings, Advanced, API Keys and copy "
    "the key. If a secret is shown beside it, type it in too: since November 2026 Smoobu may "
    "refuse the key alone."
)
SIGNATURE_REFUSED = said(
    "Smoobu does not accept this API key with this secret. In Smoobu, open Settings, Advanced, "
    "API Keys and copy both again; leave the secret empty if none is shown there."
)
NO_SECRET = said(
    "Smoobu announced that an API key alone stops working on 31 October 2026. It still works for "
    "you. When Smoobu shows a secret beside the key, add it here."
)

FORM = Form(
    where=said("Smoobu: Settings > Advanced > API Keys"),
    fields=(
        FormField(
            name="api_key",
            label=said("API key"),
            help=said("One key is enough for all apartments."),
            kind=FieldKind.SECRET,
        ),
        FormField(
            name="api_secret",
            label=said("API secret"),
            help=said("Only if Smoobu shows one beside the key; else leave this empty."),
            kind=FieldKind.SECRET,
            required=False,
        ),
    ),
)

FACTS = Facts(
    vendor="smoobu",
    title="Smoobu",
    base_url="https://login.smoobu.com",
    form=FORM,
    rates=(Rate(requests=1000, span=timedelta(minutes=1)),),
    abilities=Abilities(
        incremental=True, webhooks=True, disappearance=True, messages=True, notes=True
    ),
    hooks=HookManual(
        steps=(
            said("In Smoobu, open Settings, Advanced, API Keys."),
            said("Paste this address into Webhook URL and save: {url}"),
            said("Smoobu signs nothing: the address is the secret, show it to nobody."),
        ),
    ),
    unconfirmed=(
        said("How requests are signed with a secret: known from one source only."),
        said("Whether an apartment names its time zone; where it does not, you are asked."),
        said("What its webhooks are called: any that names a reservation has it read again."),
        said("In which time zone it says what changed: a day more is read every time."),
    ),
)
