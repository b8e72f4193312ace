"""What became of a message, and why: the channels' reasons in the reader's language."""

from __future__ import annotations

from callassist.models import Notification
from callassist.web.pages import words
from callassist.web.pages.wordings import Wordings, worded
from callassist.web.translate import gettext as _
from callassist.web.translate import lazy_gettext as _l

# (what a channel says, what we say)
_REASONS: Wordings = (
    (
        r"the device has unsubscribed; .+",
        _l("The device has unsubscribed. Switch push on again there."),
    ),
    (
        r"the push service answered (?P<status>\d+)",
        _l("The push service of the browser’s maker answered %(status)s."),
    ),
    (
        r"the push service was not reached .+",
        _l("The push service of the browser’s maker was not reached."),
    ),
    (r"this push subscription cannot be read; .+", _l("Switch push on again on the device.")),
    (r"the push address leads into .+", _l("The device’s address is not a public one.")),
    (r"the address leads into .+", _l("The address leads into a private network.")),
    (r"the channel was removed .+", _l("The channel was removed meanwhile.")),
    (r"not sent within 24 hours, .+", _l("Not sent within 24 hours, and too late now.")),
    (r"held back: your quiet hours", _l("Held back: your quiet hours.")),
    (r"(?P<kind>\w+) is not set up on this service", _l("Not set up on this service.")),
    (r"nobody answered the phone", _l("Nobody answered the phone.")),
    (
        r"the phone was answered, and no key was pressed",
        _l("The phone was answered, and no key was pressed."),
    ),
    (r"somebody answered and asked .+", _l("Somebody answered and asked for the next person.")),
    (r"somebody( else)? had taken it .+", _l("Somebody had taken it already.")),
    (r"this phone network cannot ask .+", _l("This phone network cannot ask for a key.")),
    (r"the phone network could not ring: .+", _l("The phone network could not ring it.")),
    (
        r"no push channel is configured for who has duty",
        _l("No device of who is on duty takes push."),
    ),
    (
        r"text messages are not set up for who has duty",
        _l("Who is on duty has given no number for texts."),
    ),
    (
        r"no voice call is set up for who has duty",
        _l("Who is on duty has given no number to be phoned."),
    ),
    (r"no channel is configured", _l("Nobody has said how they are told.")),
    (r"switched off on every channel", _l("Everybody switched these messages off.")),
    (r"shadow mode: .+", _l("Shadow mode: nothing leaves the house.")),
    (r"who took the call has no .+", _l("Who took the call has no address or device here.")),
    (
        r"the duty phone was rung for the same .+",
        _l("The duty phone was rung for the same a short while ago."),
    ),
    (r"it was not needed any more", _l("It was not needed any more.")),
    (r".*mail server.*", _l("The mail server did not take it.")),
)


def status(notification: Notification) -> str:
    """How it went, in a word or two."""
    return words.of(words.DELIVERY, notification.status)


def tone(notification: Notification) -> str:
    """The colour that goes with it."""
    return {"sent": "calm", "failed": "loud", "queued": "info"}.get(notification.status, "")


def reason(text: str | None) -> str:
    """Why, in the reader's language; what we have no words for is in the delivery log."""
    if not text:
        return ""
    return worded(_REASONS, text) or _(
        "The service that should take it refused. The administrator’s log says more."
    )
