"""`/pms-systems`: booking systems that can be connected, and trying what somebody typed for one."""

from __future__ import annotations

from callassist.bootstrap import Service
from callassist.errors import InvalidInput
from callassist.pms_sync.connections import Tried
from callassist.pms_sync.opening import verify_typed
from callassist.pms_sync.registry import CONNECTORS
from callassist.ports.pms import Facts
from callassist.ports.pms_access import CredentialsRefused, FieldKind
from callassist.web.api.fields import Page
from callassist.web.api.pms_fields import CredentialOut, PmsSystemOut
from callassist.web.api.routing import HOSTS, Ask, Route


def index(ask: Ask) -> Page[PmsSystemOut]:
    return Page(items=[_system(one.facts) for one in CONNECTORS.values()])


def tried_there(service: Service, facts: Facts, credentials: dict[str, str]) -> Tried:
    """Ask the system whether these credentials open it; InvalidInput names the one to correct."""
    names = {one.name for one in facts.form.fields}
    for name in credentials.keys() - names:
        raise InvalidInput("unknown credential; leave it out", f"credentials.{name}")
    for field in facts.form.fields:
        if field.required and not credentials.get(field.name, "").strip():
            raise InvalidInput("must not be empty", f"credentials.{field.name}")
    try:
        return verify_typed(service.opener, facts.vendor, credentials)
    except (CredentialsRefused, InvalidInput) as error:
        detail = error.detail.removeprefix(f"{error.field}: ")
        field_name = f"credentials.{error.field}" if error.field else "credentials"
        raise InvalidInput(detail, field_name) from None


def _system(facts: Facts) -> PmsSystemOut:
    can = facts.abilities
    return PmsSystemOut(
        vendor=facts.vendor,
        title=facts.title,
        where=facts.form.where,
        credentials=[
            CredentialOut(
                name=one.name,
                label=one.label,
                help=one.help,
                secret=one.kind is FieldKind.SECRET,
                required=one.required,
                choices=[value for value, _text in one.choices],
            )
            for one in facts.form.fields
        ],
        has_numbers=can.has_numbers,
        webhooks=can.webhooks,
        messages=can.messages,
        notes=can.notes,
        unconfirmed=list(facts.unconfirmed),
    )


ROUTES = (
    Route(
        method="GET",
        path="/pms-systems",
        summary="Booking systems that can be connected, with the credentials that each wants",
        scopes=HOSTS,
        run=index,
        answer=Page[PmsSystemOut],
    ),
)
