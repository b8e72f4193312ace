"""What the network is to do next, in TwiML."""

from __future__ import annotations

import re
from typing import Any

from twilio.twiml.voice_response import VoiceResponse

from callassist.ports.telephony import AskKey, Connect, Document, GoOn, HangUp, Step
from callassist.settings import MachineDetection
from callassist.telephony.twilio.voices import voice_of

# Asked of the network for each address of ours: come again 3 times when we cannot be reached, do
# not answer in time or have a problem of our own. Without it a report is tried once.
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
RETRIES = "#rc=3&rp=5xx,ct,rt"
REPORTED = ("initiated", "ringing", "answered", "completed")

DETECTION = {
    MachineDetection.ENABLE: "Enable",
    MachineDetection.DETECT_MESSAGE_END: "DetectMessageEnd",
}
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST_CHARACTERS = 3000  # of one sentence; Twilio reads no more than 4096
_WAIT_FOR_A_KEY_SECONDS = 5


def document_of(step: Step, *, caller_id: str, detection: MachineDetection) -> Document:
    """The step as TwiML; `caller_id` is shown where the step names none."""
    response = VoiceResponse()
    if isinstance(step, AskKey):
        _ask(response, step)
    elif isinstance(step, Connect):
        _connect(response, step, caller_id, detection)
    elif isinstance(step, GoOn):
        _say(response, step.say, step.language)  # a document that ends lets the two hear
    else:
        _hang_up(response, step)
    return Document(mimetype="text/xml", body=str(response))


def with_retries(url: str) -> str:
    """The address with what the network shall do when it cannot reach it."""
    return url.partition("#")[0] + RETRIES


def _ask(response: VoiceResponse, step: AskKey) -> None:
    for _ in range(step.times):
        gather = response.gather(
            input="dtmf",
            num_digits=1,
            timeout=_WAIT_FOR_A_KEY_SECONDS,
            action=with_retries(step.pressed_url),
            method="POST",
        )
        _say(gather, step.say, step.language)
        for sentence in step.then:
            gather.pause(length=1)
            _say(gather, sentence, step.language)
    if step.goes_on:
        response.redirect(with_retries(step.pressed_url), method="POST")
        return
    _hang_up(response, HangUp(say=step.otherwise, language=step.language))


def _connect(
    response: VoiceResponse, step: Connect, caller_id: str, detection: MachineDetection
) -> None:
    whisper: dict[str, str] = {}
    if step.announcement is not None:
        _say(response, step.announcement.say, step.announcement.language)
        whisper = {"url": with_retries(step.announcement.ask_url), "method": "POST"}
    # answerOnBridge: the operator hears the real ringing, and a browser's call is not billed before
    dial = response.dial(
        caller_id=step.caller_id or caller_id,
        timeout=step.ring_timeout_seconds,
        answer_on_bridge=True,
        action=with_retries(step.after_url),
        method="POST",
    )
    report = with_retries(step.callback_url)
    listening: dict[str, Any] = {}
    if detection in DETECTION:
        # told while they talk; without this address it would stand on the call's resource only
        listening = {
            "machine_detection": DETECTION[detection],
            "amd_status_callback": report,
            "amd_status_callback_method": "POST",
        }
    reported = {
        "status_callback": report,
        "status_callback_event": " ".join(REPORTED),
        "status_callback_method": "POST",
    }
    if step.identity:
        dial.client(step.identity, **reported)
    elif step.ask_url is not None:  # an operator's phone, which is asked for a key
        dial.number(step.to, url=with_retries(step.ask_url), method="POST", **reported)
    else:
        dial.number(step.to, **reported, **whisper, **listening)


def _hang_up(response: VoiceResponse, step: HangUp) -> None:
    if step.say:
        _say(response, step.say, step.language)
    response.hangup()


def _say(parent: Any, text: str, language: str) -> None:
    voice = voice_of(language)
    spoken = _NOT_IN_XML.sub(" ", text)[:_MOST_CHARACTERS]
    parent.say(spoken, language=voice.locale, voice=voice.name)
