"""The call of a training: a robot guest, the real policy, and nothing that is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition, parse_result
from callassist.domain.script import Slots, render_script
from callassist.escalation.foretelling import Foretold
from callassist.escalation.policy import GuestSnapshot, Limits, decide_guest
from callassist.models import Operator
from callassist.web.languages import language
from callassist.web.operator_card import OperatorCard
from callassist.web.pages import asking
from callassist.web.pages.desk.card import Draft, EarlierCall, TaskPage
from callassist.web.pages.desk.results import Choices, choices
from callassist.web.translate import gettext as _

_PARIS = ZoneInfo("Europe/Paris")
_MINUTES = 32
_GAP = timedelta(minutes=5)
_ATTEMPTS = 3
_COLLEAGUE = "Alex"
_DIALS = {
    AttemptOutcome.ANSWERED: DialState.TALKING,
    AttemptOutcome.NO_ANSWER: DialState.RINGING,
}
_SHOWN = 3  # results that a first call shows at once; the others are under "more"


@dataclass(frozen=True, kw_only=True)
class TrainingCall:
    """One of the two calls: in the first somebody answers, in the second nobody does."""

    guest: str
    attempt: int
    outcome: AttemptOutcome


CALLS = {
    "1": TrainingCall(guest="Robin Sample", attempt=1, outcome=AttemptOutcome.ANSWERED),
    "2": TrainingCall(guest="Camille Exemple", attempt=2, outcome=AttemptOutcome.NO_ANSWER),
}


def page_of(call: TrainingCall, state: str, operator: Operator, now: datetime) -> TaskPage:
    """The desk's page of the call in one of its states."""
    is_over = state == "result"
    settings = asking.service().escalation.settings
    return TaskPage(
        card=_card(call, state, operator),
        earlier=_earlier(call, now),
        dial=DialState.ENDED if is_over else _DIALS[call.outcome] if state == "talking" else None,
        dialled_at=now,
        answered_at=None,
        outcome=call.outcome if is_over else None,
        hanging_up=False,
        by_hand=False,
        offer_ends=now + settings.offer_for,
        dial_by=now + settings.assigned_without_dial,
        wrap_up_ends=now + settings.wrap_up_for,
        can_extend=False,
        draft=Draft(text="", by=None, at=None),
        choices=choices_of(call, now) if is_over else None,
        choices_unasked=None,
        languages=(),
    )


def choices_of(call: TrainingCall, now: datetime) -> Choices:
    """The results of the desk, the first few at once."""
    found = choices(Party.GUEST, call.outcome, _ATTEMPTS, _PARIS, _foretold(call, now))
    return replace(found, tiles=found.tiles[:_SHOWN], rare=(*found.tiles[_SHOWN:], *found.rare))


def _earlier(call: TrainingCall, now: datetime) -> tuple[EarlierCall, ...]:
    """Whoever is called again was called before."""
    return tuple(
        EarlierCall(
            party=Party.GUEST,
            attempt=attempt,
            at=now - _GAP * (call.attempt - attempt),
            result=str(AttemptOutcome.NO_ANSWER),
            by=_COLLEAGUE,
            phoned_back=False,
            note=None,
        )
        for attempt in range(1, call.attempt)
    )


def _card(call: TrainingCall, state: str, operator: Operator) -> OperatorCard:
    slots = Slots(
        guest=call.guest,
        desk_name=operator.desk_name,
        host_spoken_name="Maria",
        minutes=_MINUTES,
        reference="quiet-robot",
        country="FR",
    )
    library = asking.service().scripts
    # the robot speaks the page's language: so does the call, if the operator takes such calls
    wanted = (language(), *operator.languages)
    taken = set(operator.languages) & set(library.books)
    spoken = next((code for code in wanted if code in taken), "en")
    books = [spoken, *(code for code in sorted(library.books) if code != spoken)]
    states = {"offered": TaskState.OFFERED, "result": TaskState.WRAPPING_UP}
    return OperatorCard(
        task_id="practice",
        party=Party.GUEST,
        state=states.get(state, TaskState.ASSIGNED),
        attempt=call.attempt,
        attempts=_ATTEMPTS,
        language=spoken,
        guest=call.guest,
        host_spoken_name="Maria",
        call_names=(),
        other_homes=0,
        zone=_PARIS,
        noise_minutes=_MINUTES,
        reference="quiet robot",
        is_repeat=False,
        is_practice=True,
        number=None,
        dial_link=None,
        scripts=tuple(render_script(library, code, Party.GUEST, slots) for code in books),
    )


def _foretold(call: TrainingCall, now: datetime) -> Foretold:
    """The real policy, asked about a guest who does not exist."""
    own = asking.service().escalation.settings
    limits = Limits(
        attempts=_ATTEMPTS,
        attempt_gap=_GAP,
        cancelled_limit=own.cancelled_limit,
        provider_error_limit=own.provider_error_limit,
        provider_error_retry=own.provider_error_retry,
        host_dials_per_contact=own.host_dials_per_contact,
        call_back_min=own.call_back_min,
        call_back_max=own.call_back_max,
    )
    at = GuestSnapshot(
        now=now,
        ended_at=now,
        attempt_number=call.attempt,
        counted_attempts=call.attempt,
        numbers_left=0,
        noise_ended=False,
        cancel_redials=0,
        provider_errors=0,
        continuation_used=False,
        barrier_met=False,
        language_on_shift=True,
    )
    by_result = {result: decide_guest(result, at, limits) for result in GUEST_RULES}
    barrier = by_result[parse_result(Disposition.LANGUAGE_BARRIER)]
    return Foretold(
        by_result=dict(by_result),
        by_language=dict.fromkeys(("de", "es", "it", "nl", "pl", "pt"), barrier),
        over=False,
    )


def says(call: TrainingCall, state: str) -> str:
    """What is heard on the line; nothing but while it is open."""
    if state != "talking":
        return ""
    if call.outcome is AttemptOutcome.NO_ANSWER:
        return _("(It rings and rings. Hang up when you have heard enough.)")
    return _("Hello? … Oh, really? I am sorry. We will close the windows and turn it down.")
