"""Who is in the home, how to reach them, what they agreed to, and what they asked us not to do."""

from __future__ import annotations

from callassist.stays.automatic import automatic_contact, conversation_contact
from callassist.stays.consents import (
    WITHOUT_NUMBER,
    ConsentInput,
    consent_for,
    consents,
    give_consent,
    withdraw_consent,
)
from callassist.stays.details import ImportedStay, NumberProblem, StayDetails
from callassist.stays.guest_links import (
    allow_messages,
    guest_link,
    link_of,
    messages_stopped,
    renew_guest_link,
    stay_of_link,
    stop_messages,
    token_for,
)
from callassist.stays.lookup import coming_stays, dialable, find_stay, staying_now
from callassist.stays.numbers import flag_number, unflag_number
from callassist.stays.service import (
    Came,
    Transferred,
    cancel_imported,
    cancel_stay,
    put_imported,
    put_many_imported,
    put_stay,
)
from callassist.stays.source_snapshot import number_problems, source_says
from callassist.stays.stops import do_not_call, is_stopped, opt_in, stop
from callassist.stays.store import StoredStay, set_language, store_imported, store_typed

__all__ = [
    "WITHOUT_NUMBER",
    "Came",
    "ConsentInput",
    "ImportedStay",
    "NumberProblem",
    "StayDetails",
    "StoredStay",
    "Transferred",
    "allow_messages",
    "automatic_contact",
    "cancel_imported",
    "cancel_stay",
    "coming_stays",
    "consent_for",
    "consents",
    "conversation_contact",
    "dialable",
    "do_not_call",
    "find_stay",
    "flag_number",
    "give_consent",
    "guest_link",
    "is_stopped",
    "link_of",
    "messages_stopped",
    "number_problems",
    "opt_in",
    "put_imported",
    "put_many_imported",
    "put_stay",
    "renew_guest_link",
    "set_language",
    "source_says",
    "stay_of_link",
    "staying_now",
    "stop",
    "stop_messages",
    "store_imported",
    "store_typed",
    "token_for",
    "unflag_number",
    "withdraw_consent",
]
