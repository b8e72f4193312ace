"""Which verbs, nouns and attributes TwiML has, and what may stand in them.

From Twilio's TwiML reference (docs/voice/twiml, docs/messaging/twiml), only what is used here;
anything else is a violation. Add a line when a document needs more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.twilio_server.shapes import ALPHANUMERIC, E164

Check = Callable[[str], bool]


def _one_of(*values: str) -> Check:
    return lambda text: text in values


def _some_of(*values: str) -> Check:
    return lambda text: bool(text.split()) and set(text.split()) <= set(values)


def _whole(low: int, high: int) -> Check:
    return lambda text: text.isascii() and text.isdigit() and low <= int(text) <= high


def _matching(pattern: str) -> Check:
    return lambda text: re.fullmatch(pattern, text) is not None


def url(text: str) -> bool:
    """Absolute with a host, or relative to the document; no blanks."""
    return re.fullmatch(r"(https?://[^\s/?#]+[^\s]*|/?[^\s:]+(\?[^\s]*)?)", text) is not None


def absolute_url(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text) is not None


def caller_id(text: str) -> bool:
    return E164.fullmatch(text) is not None or text.startswith(("client:", "sip:"))


METHOD = _one_of("GET", "POST")
TRUTH = _one_of("true", "false")
EVENTS = _some_of("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = _some_of("in-progress", "completed", "absent")
VOICE = _matching(
    r"man|woman|alice|Polly\.\w+(-Neural|-Generative)?|Google\.[a-z]{2,3}-[A-Z]{2}-\S+"
)
_LANGUAGES = """
ar-AE ca-ES cs-CZ cy-GB da-DK de-AT de-DE el-GR en-AU en-CA en-GB en-IE en-IN en-US en-ZA es-ES
es-MX es-US fi-FI fr-BE fr-CA fr-CH fr-FR he-IL hi-IN hr-HR hu-HU id-ID is-IS it-IT ja-JP ko-KR
nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sv-SE th-TH tr-TR uk-UA vi-VN zh-CN zh-HK
zh-TW
"""
LANGUAGE = _one_of(*_LANGUAGES.split())
DIAL_RECORD = _one_of(
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
    "true",
    "false",
)
RECORDING = {
    "recordingStatusCallback": url,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
    "trim": _one_of("trim-silence", "do-not-trim"),
    "recordingTrack": _one_of("inbound", "outbound", "both"),
}
NEXT = {"action": url, "method": METHOD}
PROGRESS = {
    "url": url,
    "method": METHOD,
    "statusCallback": absolute_url,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": EVENTS,
}


@dataclass(frozen=True, kw_only=True)
class Verb:
    """`text`: what the words inside must be (None: no words); `children`: elements inside."""

    attributes: dict[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    text: Check | None = None
    children: tuple[str, ...] = ()
    is_empty_fine: bool = True  # neither words nor elements


SPOKEN = ("Say", "Play", "Pause")
VOICE_VERBS = (*SPOKEN, "Gather", "Dial", "Hangup", "Redirect", "Reject", "Record")
TEXT_VERBS = ("Message", "Redirect")

VERBS: dict[str, Verb] = {
    "Say": Verb(
        attributes={"voice": VOICE, "language": LANGUAGE, "loop": _whole(0, 1000)},
        text=lambda words: 0 < len(words) <= 4096,
        is_empty_fine=False,
    ),
    "Play": Verb(attributes={"loop": _whole(0, 1000), "digits": _matching(r"[0-9w#*]+")}, text=url),
    "Pause": Verb(attributes={"length": _whole(0, 600)}),
    "Gather": Verb(
        attributes={
            **NEXT,
            "input": _some_of("dtmf", "speech"),
            "numDigits": _whole(1, 255),
            "timeout": _whole(1, 600),
            "finishOnKey": _matching(r"[0-9*#]?"),
            "actionOnEmptyResult": TRUTH,
            "language": LANGUAGE,
            "hints": lambda words: bool(words),
            "speechTimeout": _matching(r"auto|\d+"),
            "bargeIn": TRUTH,
        },
        children=SPOKEN,
    ),
    "Dial": Verb(
        attributes={
            **NEXT,
            **RECORDING,
            "timeout": _whole(1, 600),
            "timeLimit": _whole(1, 14400),
            "callerId": caller_id,
            "answerOnBridge": TRUTH,
            "hangupOnStar": TRUTH,
            "sequential": TRUTH,
            "record": DIAL_RECORD,
            "ringTone": _matching(
                r"at|au|bg|br|be|ca|ch|cl|cn|cz|de|dk|ee|es|fi|fr|gr|hu|il|in|it|"
                r"lt|jp|mx|my|nl|no|nz|ph|pl|pt|ru|se|sg|th|uk|us|us-old|tw|ve|za"
            ),
        },
        text=lambda number: E164.fullmatch(number) is not None,
        children=("Number", "Client"),
        is_empty_fine=False,
    ),
    "Number": Verb(
        attributes={
            **PROGRESS,
            "sendDigits": _matching(r"[0-9w#*]+"),
            "machineDetection": _one_of("Enable", "DetectMessageEnd"),
            "amdStatusCallback": absolute_url,
            "amdStatusCallbackMethod": METHOD,
            "machineDetectionTimeout": _whole(3, 60),
            "machineDetectionSpeechThreshold": _whole(1000, 6000),
            "machineDetectionSpeechEndThreshold": _whole(500, 5000),
            "machineDetectionSilenceTimeout": _whole(2000, 10000),
        },
        text=lambda number: E164.fullmatch(number) is not None,
        is_empty_fine=False,
    ),
    "Client": Verb(
        attributes=PROGRESS,
        text=_matching(r"[A-Za-z0-9_]{1,121}"),
        children=("Identity", "Parameter"),
        is_empty_fine=False,
    ),
    "Identity": Verb(text=_matching(r"[A-Za-z0-9_]{1,121}"), is_empty_fine=False),
    "Parameter": Verb(
        attributes={"name": lambda name: bool(name), "value": lambda value: True},
        required=("name", "value"),
    ),
    "Hangup": Verb(),
    "Redirect": Verb(attributes={"method": METHOD}, text=url, is_empty_fine=False),
    "Reject": Verb(attributes={"reason": _one_of("rejected", "busy")}),
    "Record": Verb(
        attributes={
            **NEXT,
            **RECORDING,
            "timeout": _whole(1, 600),
            "maxLength": _whole(1, 14400),
            "finishOnKey": _matching(r"[0-9*#]?"),
            "playBeep": TRUTH,
        }
    ),
    "Message": Verb(
        attributes={
            **NEXT,
            "to": lambda number: E164.fullmatch(number) is not None,
            "from": lambda sender: bool(E164.fullmatch(sender) or ALPHANUMERIC.fullmatch(sender)),
            "statusCallback": url,
        },
        text=lambda words: 0 < len(words) <= 1600,
        children=("Body",),
        is_empty_fine=False,
    ),
    "Body": Verb(text=lambda words: 0 < len(words) <= 1600, is_empty_fine=False),
}
