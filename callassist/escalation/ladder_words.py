"""What the ladder says to a guest, in a text or in the booking's conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import stays
from callassist.escalation.context import Escalation
from callassist.models import Incident, Property, Stay
from callassist.stays.guest_words import language_of


def ladder_words(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    stay: Stay,
    step: int,
    *,
    ending: str,
    now: datetime,
) -> str:
    """The words of one step with the link to the guest's page; `ending` says how to stop them."""
    words = ctx.guest_words[language_of(stay.language)]
    token = stays.token_for(session, ctx.vault, stay, now=now)
    link = f"{ctx.public_url.rstrip('/')}/g/{token}"
    sentence = words["text_loud" if step == 1 else "text_still_loud"].format(link=link)
    host = session.get_one(Property, incident.property_id).host_spoken_name
    begin = words["on_behalf"].format(host=host) + ": " if host else ""
    return f"{begin}{sentence} {words[ending]}"
