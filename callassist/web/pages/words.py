"""Words for our states, results and reasons; English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from callassist.domain.call_task import TaskState
from callassist.domain.coverage import MissingPart
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.message_kind import MessageKind
from callassist.domain.presence import PresenceState
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.web.translate import lazy_gettext as _l

NO_KEY = "no_key"  # of an automatic call that was listened to

PRESENCE: Mapping[str, LazyString] = {
    PresenceState.OFFLINE: _l("offline"),
    PresenceState.AVAILABLE: _l("available"),
    PresenceState.OFFERED: _l("offered a call"),
    PresenceState.ON_A_CALL: _l("on a call"),
    PresenceState.WRAP_UP: _l("writing the result"),
    PresenceState.BREAK: _l("on a break"),
}
TASK: Mapping[str, LazyString] = {
    TaskState.PENDING: _l("waiting"),
    TaskState.OFFERED: _l("being offered"),
    TaskState.ASSIGNED: _l("taken"),
    TaskState.WRAPPING_UP: _l("in wrap-up"),
    TaskState.COMPLETED: _l("done"),
    TaskState.CANCELLED: _l("not needed any more"),
}
INCIDENT: Mapping[str, LazyString] = {
    IncidentState.WATCHING: _l("watching"),
    IncidentState.CALLING_GUEST: _l("calling the guest"),
    IncidentState.CALLING_HOST: _l("calling you"),
    IncidentState.FOLLOWING_UP: _l("following up"),
    IncidentState.CLOSED: _l("closed"),
}
RESOLUTION: Mapping[str, LazyString] = {
    Resolution.WENT_QUIET: _l("went quiet"),
    Resolution.GUEST_REACHED: _l("guest reached"),
    Resolution.HOST_REACHED: _l("host reached"),
    Resolution.NOBODY_REACHED: _l("nobody reached"),
    Resolution.HOST_TOOK_OVER: _l("you took over"),
    Resolution.CANCELLED: _l("cancelled"),
    Resolution.SENSOR_LOST: _l("sensor lost"),
    Resolution.MISSED: _l("missed"),
}
RESULT: Mapping[str, LazyString] = {
    AttemptOutcome.ANSWERED: _l("Answered"),
    AttemptOutcome.NO_ANSWER: _l("No answer"),
    AttemptOutcome.BUSY: _l("Busy"),
    AttemptOutcome.DECLINED: _l("Call declined"),
    AttemptOutcome.VOICEMAIL: _l("Voicemail"),
    AttemptOutcome.HUNG_UP: _l("Picked up and hung up"),
    AttemptOutcome.UNREACHABLE: _l("Not reachable"),
    AttemptOutcome.INVALID_NUMBER: _l("Number does not exist"),
    "premium_number": _l("Premium number"),
    AttemptOutcome.CANCELLED: _l("Stopped before an answer"),
    AttemptOutcome.PROVIDER_ERROR: _l("Our phone network failed"),
    AttemptOutcome.NOT_CONNECTED: _l("Not dialled: the operator’s own line did not come up"),
    Disposition.GUEST_AGREED: _l("Agreed to turn it down"),
    Disposition.NOT_NOISY_NOW: _l("Says it is not noisy now"),
    Disposition.BOOKER_NOT_ON_SITE: _l("Not on site, passes it on"),
    Disposition.GUEST_REFUSED: _l("Refused"),
    Disposition.HOSTILE: _l("Hostile"),
    Disposition.ASKED_NOT_TO_BE_CALLED: _l("Asked not to be called again"),
    Disposition.WRONG_PERSON: _l("Wrong person"),
    Disposition.NOT_STAYING: _l("Does not stay here"),
    Disposition.LANGUAGE_BARRIER: _l("No common language"),
    Disposition.CALL_BACK_REQUESTED: _l("Asked to be called later"),
    Disposition.EMERGENCY: _l("Emergency"),
    Disposition.NO_CONVERSATION: _l("Answered, but no conversation"),
    NO_KEY: _l("Picked up, and pressed no key"),
    Disposition.ASKED_FOR_A_PERSON: _l("Asked for a person, by a key"),
    Disposition.LINE_DROPPED: _l("Line dropped while talking"),
    Disposition.HOST_REACHED: _l("Host reached"),
    Disposition.HOST_NOT_REACHED: _l("Host not reached"),
    Disposition.NOT_RECORDED: _l("Result not recorded"),
}
# what is missing, what to do, and which part of the home's page leads there
MISSING: Mapping[str, tuple[LazyString, LazyString, str]] = {
    MissingPart.SENSOR: (
        _l("No sensor is paired with this home."),
        _l("Connect your sensors and pair one."),
        "sensors",
    ),
    MissingPart.SENSOR_SILENT: (
        _l("The sensor is not heard."),
        _l("Check its power and its network."),
        "sensors",
    ),
    MissingPart.PAUSED: (
        _l("You paused this home into the night."),
        _l("End the pause when calls shall be made."),
        "pause",
    ),
    MissingPart.SHADOW: (
        _l("This home is in shadow mode: nobody is called."),
        _l("End shadow mode when calls shall be made."),
        "shadow",
    ),
    MissingPart.STAY: (
        _l("We do not know who stays there."),
        _l("Enter the stay, or choose that only you are called."),
        "stays",
    ),
    MissingPart.GUEST_NUMBER: (
        _l("The guest has no number that can be dialled."),
        _l("Enter a number for this stay."),
        "stays",
    ),
    MissingPart.GUEST_COUNTRY: (
        _l("The guest’s number is in a country that your settings do not let us dial."),
        _l("Allow the country in the settings of your account, if you trust the number."),
        "countries",
    ),
    MissingPart.HOST_CONTACT: (
        _l("Nobody is named whom we call when the guest is not reached."),
        _l("Enter a contact."),
        "contacts",
    ),
    MissingPart.CHANNEL: (
        _l("No way of telling you has been proved."),
        _l("Add an e-mail address or a chat in the settings and send a test."),
        "settings",
    ),
    MissingPart.DESK: (
        _l("No desk answers for your homes."),
        _l("Ask the administrator of this service for an agreement with a desk."),
        "",
    ),
    MissingPart.OPERATOR: (
        _l("Nobody is rostered for the whole night."),
        _l("Ask the desk that answers for you."),
        "",
    ),
    MissingPart.OPERATOR_LANGUAGE: (
        _l("Nobody rostered for the whole night speaks the guest’s language."),
        _l("Ask the desk for somebody who does."),
        "",
    ),
    MissingPart.SIMULATED_NETWORK: (
        _l("The telephone network is simulated: nobody is really phoned."),
        _l("The administrator chooses a real one in the settings of this service."),
        "",
    ),
}
NEEDS: Mapping[str, LazyString] = {
    "still_loud": _l("It is still loud after the call. Phone your guest, or send somebody."),
    "guest_refused": _l("The guest refused to turn it down. Decide what follows."),
    "nobody_reached": _l("Neither guest nor host was reached. Please take it over."),
    "nobody_takes_it": _l("No operator took the call. Please phone your guest yourself."),
    "own_network": _l("Your own phone network refuses us: see Settings, Phone."),
    "no_host_contact": _l("No contact is named for this home, so nobody could be called."),
    "night_is_full": _l("We called three times in this night and it is loud again."),
    "emergency": _l("The guest reported an emergency. Make sure that everybody is well."),
    "missed": _l("The service was down when a call was due. Please look after it yourself."),
    "outside_cover": _l("It is loud outside the hours that you chose for calls."),
    "dialling_fails": _l("Our phone network fails. Please phone your guest yourself."),
    "dial_in_doubt": _l("A call was not confirmed by the phone network."),
    "guest_says_not_us": _l("The guest says that the noise is not theirs."),
    "audit_alarm": _l("Our own check found something wrong with this incident."),
    "asked_not_to_be_called": _l("The guest does not want to be phoned: write instead."),
}
MESSAGE: Mapping[str, LazyString] = {
    MessageKind.CALL_REQUESTED: _l("call requested"),
    MessageKind.GUEST_REACHED: _l("guest reached"),
    MessageKind.GUEST_NOT_REACHED: _l("guest not reached"),
    MessageKind.WENT_QUIET: _l("went quiet"),
    MessageKind.REPORT_READY: _l("report ready"),
    MessageKind.NEEDS_YOU: _l("you are needed"),
    MessageKind.SENSOR_SILENT: _l("sensor not heard"),
    MessageKind.SENSOR_BACK: _l("sensor heard again"),
    MessageKind.NUMBER_FLAGGED: _l("number to correct"),
    MessageKind.NOT_COVERED: _l("home not covered"),
    MessageKind.NOISE_STARTED: _l("noise began"),
    MessageKind.MORNING_NOTE: _l("morning note"),
    MessageKind.CONNECTION_FAILING: _l("booking system fails"),
    MessageKind.WEBHOOK_DISABLED: _l("webhook switched off"),
    MessageKind.SPENDING: _l("cap on phone costs"),
    MessageKind.CHANNEL_TEST: _l("test"),
    MessageKind.SUPERVISOR_PAGE: _l("supervisor paged"),
    MessageKind.SHIFT_SWAP: _l("shift swaps"),
    MessageKind.CALL_RESULT: _l("how did the call go"),
}
COST_OF: Mapping[str, LazyString] = {
    "call_guest": _l("call to the guest"),
    "call_host": _l("call to you"),
    "call_operator": _l("the operator’s own line"),
    "call_staff": _l("call to somebody on duty"),
    "call_caller": _l("somebody phoned us"),
    "text_guest": _l("text to the guest"),
    "text_host": _l("text to you"),
    "text_operator": _l("text to the operator"),
    "text_staff": _l("text to somebody on duty"),
}
CHANNEL: Mapping[str, LazyString] = {
    "push": _l("push"),
    "email": _l("e-mail"),
    "apprise": _l("chat or other service"),
    "sms": _l("SMS"),
    "voice": _l("voice call"),
}
DELIVERY: Mapping[str, LazyString] = {
    "queued": _l("waiting to be sent"),
    "sent": _l("sent"),
    "failed": _l("failed"),
    "skipped": _l("not sent"),
}
SPOKEN: Mapping[str, LazyString] = {
    "en": _l("English"),
    "fr": _l("French"),
    "de": _l("German"),
    "es": _l("Spanish"),
    "it": _l("Italian"),
    "nl": _l("Dutch"),
    "pl": _l("Polish"),
    "pt": _l("Portuguese"),
}
SOURCE: Mapping[str, LazyString] = {
    "level": _l("measures the level"),
    "notice": _l("sends notices"),
    "state": _l("says when it is loud"),
}


def of(table: Mapping[str, LazyString], key: str) -> str:
    """The words for a key; one that has none is shown as it is, with blanks."""
    found = table.get(key)
    return key.replace("_", " ") if found is None else str(found)


def state(key: str) -> str:
    """A presence, task or incident state."""
    for table in (PRESENCE, TASK, INCIDENT):
        if key in table:
            return str(table[key])
    return key.replace("_", " ")


def result(key: str) -> str:
    """An outcome or disposition."""
    return of(RESULT, key)


def spoken(code: str) -> str:
    """The name of a language."""
    return of(SPOKEN, code)
