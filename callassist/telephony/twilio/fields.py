"""The fields of a request as they came: what is verified is what is read."""

from __future__ import annotations

from callassist.errors import InvalidInput
from callassist.ports.telephony import WebhookRequest


class Fields(dict[str, str]):
    """The fields by name; those that we rely on stand once.

    A browser may add fields of its own to a call. Should it add one of the network's, we do not
    guess whose comes first.
    """

    def __init__(self, request: WebhookRequest) -> None:
        super().__init__()
        try:
            pairs = request.fields
        except ValueError:
            raise InvalidInput("expected form fields in UTF-8", "body") from None
        for name, value in pairs:
            if self.setdefault(name, value) != value and name in _RELIED_ON:
                raise InvalidInput("is given twice, and differently", name)


_RELIED_ON = frozenset(
    {
        "AnsweredBy",
        "Body",
        "CallDuration",
        "CallSid",
        "CallStatus",
        "DialCallDuration",
        "DialCallSid",
        "DialCallStatus",
        "Digits",
        "Direction",
        "From",
        "MessageSid",
        "MessageStatus",
        "ParentCallSid",
        "SequenceNumber",
        "SipResponseCode",
        "attempt",
    }
)
