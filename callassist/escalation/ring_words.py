"""What is said to somebody whose phone we ring. Nothing of it is personal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.models import Breach, CallTask, Incident

_FIVE_MINUTES = 300

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "loud": "Call Assist. It has been loud in a home for {minutes} minutes.",
        "asked": "Call Assist. A call to a guest was asked for.",
        "guest": "The guest is to be called, attempt {attempt}. Reference {reference}.",
        "host": "The guest was not reached, and the host is to be called. Reference {reference}.",
        "take": "Press 1 to take it: you are put through.",
        "next": "Press 2 for somebody else.",
        "alarm": "Call Assist. A home needs you. Reference {reference}. The message says why.",
        "alarm_without": "Call Assist. A home needs you. The message says why.",
        "page": "Call Assist. The desk needs its supervisor. Reference {reference}. "
        "The board says why.",
        "page_without": "Call Assist. The desk needs its supervisor. The board says why.",
        "test": "Call Assist. This is a test of calls to you.",
        "mine": "Press 1: I take it.",
        "heard": "Press 1 to say that you heard it.",
        "unheard": "We try somebody else. Goodbye.",
        "taken": "Somebody else has taken it already. Thank you, and good night.",
        "yours": "Thank you. It is yours, and nobody else is called.",
        "proved": "Thank you. Calls reach you.",
        "passed": "Thank you. We try somebody else.",
        "over": "This call is not needed any more. Thank you.",
        "quiet": "It has just become quiet, and nobody needs to be called. Thank you.",
        "too_soon": "The guest was called a moment ago. We ring again when the next call is due.",
        "host_instead": "The guest cannot be called now. The host is called instead. Thank you.",
        "work": "You have another call open. Please finish that one first.",
        "how": "How did the call go?",
        "guest_1": "Agreed, press 1.",
        "guest_2": "Refused, press 2.",
        "guest_3": "A mailbox, or nobody spoke, press 3.",
        "guest_4": "A wrong person, press 4.",
        "guest_5": "Wants no more calls, press 5.",
        "guest_9": "An emergency, press 9.",
        "host_1": "The host knows, press 1.",
        "host_3": "The host was not reached, press 3.",
        "link": "We send you a link to say it later. Goodbye.",
        "noted": "Thank you. It is noted. Good night.",
        "unanswered": "Nobody was reached. It is noted, and the next call comes in time.",
        "text": "Call Assist: how did the call go ({reference})? One tap: {link}",
    },
    "fr": {
        "loud": "Call Assist. Il y a du bruit dans un logement depuis {minutes} minutes.",
        "asked": "Call Assist. Un appel à un voyageur a été demandé.",
        "guest": "Le voyageur doit être appelé, tentative {attempt}. Référence {reference}.",
        "host": "Le voyageur n’a pas été joint, l’hôte doit être appelé. Référence {reference}.",
        "take": "Appuyez sur 1 pour prendre l’appel : vous serez mis en relation.",
        "next": "Appuyez sur 2 pour passer à quelqu’un d’autre.",
        "alarm": "Call Assist. Un logement a besoin de vous. Référence {reference}. "
        "Le message dit pourquoi.",
        "alarm_without": "Call Assist. Un logement a besoin de vous. Le message dit pourquoi.",
        "page": "Call Assist. Le poste a besoin de son responsable. Référence {reference}. "
        "Le tableau dit pourquoi.",
        "page_without": "Call Assist. Le poste a besoin de son responsable. "
        "Le tableau dit pourquoi.",
        "test": "Call Assist. Ceci est un essai de nos appels.",
        "mine": "Appuyez sur 1 : je m’en occupe.",
        "heard": "Appuyez sur 1 pour dire que vous l’avez entendu.",
        "unheard": "Nous essayons quelqu’un d’autre. Au revoir.",
        "taken": "Quelqu’un d’autre s’en occupe déjà. Merci, et bonne nuit.",
        "yours": "Merci. C’est noté, personne d’autre ne sera appelé.",
        "proved": "Merci. Nos appels vous parviennent.",
        "passed": "Merci. Nous essayons quelqu’un d’autre.",
        "over": "Cet appel n’est plus nécessaire. Merci.",
        "quiet": "Le calme vient de revenir, il n’y a plus personne à appeler. Merci.",
        "too_soon": "Le voyageur vient d’être appelé. Nous rappelons pour le prochain appel.",
        "host_instead": "Le voyageur ne peut pas être appelé. L’hôte est appelé. Merci.",
        "work": "Vous avez déjà un autre appel en cours. Terminez d’abord celui-là.",
        "how": "Comment s’est passé l’appel ?",
        "guest_1": "Il est d’accord, appuyez sur 1.",
        "guest_2": "Il refuse, appuyez sur 2.",
        "guest_3": "Une messagerie, ou personne n’a parlé, appuyez sur 3.",
        "guest_4": "Ce n’est pas la bonne personne, appuyez sur 4.",
        "guest_5": "Il ne veut plus d’appel, appuyez sur 5.",
        "guest_9": "Une urgence, appuyez sur 9.",
        "host_1": "L’hôte est informé, appuyez sur 1.",
        "host_3": "L’hôte n’a pas été joint, appuyez sur 3.",
        "link": "Nous vous envoyons un lien pour le dire plus tard. Au revoir.",
        "noted": "Merci. C’est noté. Bonne nuit.",
        "unanswered": "Personne n’a été joint. C’est noté, le prochain appel viendra à temps.",
        "text": "Call Assist : comment s’est passé l’appel ({reference}) ? Une touche : {link}",
    },
}


def words(language: str) -> dict[str, str]:
    """The sentences in one language; English where we do not speak it."""
    return TEXTS.get(language, TEXTS["en"])


def task_sentence(
    session: Session, task: CallTask, incident: Incident, language: str, now: datetime
) -> str:
    """Why the phone rings, in one breath."""
    said = words(language)
    breach = session.get(Breach, incident.breach_id) if incident.breach_id else None
    minutes = 0
    if breach is not None and breach.ended_at is None:
        minutes = int((now - breach.began_at).total_seconds() // _FIVE_MINUTES * 5)
    first = said["loud"].format(minutes=minutes) if minutes else said["asked"]
    second = said["host" if task.party == Party.HOST else "guest"].format(
        attempt=task.attempt_number, reference=incident.reference
    )
    return f"{first} {second}"
