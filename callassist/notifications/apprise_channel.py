"""Any of many services through one address (https://github.com/caronc/apprise), with care.

An address is typed by a user and used by our machine, so it must neither read our files nor
reach our network. Apprise offers no hook for that. Therefore: only services from a list; no
options that read files or lead elsewhere; where the host is the user's own, it has to be public.
Limit: Apprise resolves the name once more when it connects. A name whose address changes in that
moment is not noticed; put the service behind a firewall that refuses its own network for that.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import apprise

from callassist.errors import InvalidInput, PermanentError, TransientError
from callassist.notifications.hushed_logs import hush_libraries
from callassist.ports.messages import Message
from callassist.safe_http import CONNECT_SECONDS, READ_SECONDS, require_public

# messages go to the vendor's own, fixed servers
VENDOR_HOSTED = frozenset(
    {
        *("discord", "gchat", "line", "pagerduty", "pbul", "pover", "prowl", "pushed", "ryver"),
        *("signl4", "slack", "splunk", "tgram", "threema", "twist", "victorops", "webex"),
        *("wxteams", "zulip", "ifttt", "join", "opsgenie", "ilert", "pushy", "spush", "groupme"),
        *("46elks", "bulksms", "clicksend", "d7sms", "freemobile", "msgbird", "nexmo"),
        *("octopush", "plivo", "seven", "sinch", "telnyx", "twilio", "viber", "vonage"),
    }
)
# messages go to a host that the user names
OWN_HOST = frozenset(
    {
        *("json", "jsons", "xml", "xmls", "form", "forms", "ntfy", "ntfys", "gotify", "gotifys"),
        *("mmost", "mmosts", "rocket", "rockets", "nctalk", "nctalks", "hassio", "hassios"),
        *("signal", "signals", "goalert", "goalerts", "bark", "barks", "workflow", "workflows"),
        *("mastodon", "mastodons", "toot", "toots", "synology", "synologys"),
    }
)
# read files, lead to a second address, or hold a worker up
_REFUSED_OPTIONS = frozenset(
    {
        *("template", "keyfile", "subfile", "attach", "file_url", "pgp", "pgppub", "pgpprv"),
        *("smtp", "relay", "blossom", "redirect", "rto", "cto", "retry", "wait", "store"),
    }
)


class AppriseChannel:
    """Sends through Apprise. It says only yes or no, so every no is tried again."""

    def __init__(self, *, allow_loopback: bool = False) -> None:
        self._allow_loopback = allow_loopback
        hush_libraries()
        self._asset = apprise.AppriseAsset(
            app_id="Call Assist",
            app_desc="Call Assist",
            app_url="",
            secure_logging=True,
            storage_mode="memory",
            plugin_paths=[],
            async_mode=False,
        )

    def send(self, address: str, message: Message) -> None:
        """Hand the message to the service that the address names."""
        check_apprise_url(address)
        service = self._service(address)
        text = f"{message.text}\n\n{message.url}" if message.url else message.text
        try:
            accepted = service.notify(
                body=text,
                title=message.title,
                notify_type=apprise.NotifyType.WARNING
                if message.urgent
                else apprise.NotifyType.INFO,
                body_format=apprise.NotifyFormat.TEXT,
            )
        except Exception as error:  # plugins of many authors; the text may hold the address
            raise TransientError(f"the service failed ({type(error).__name__})") from None
        if not accepted:
            raise TransientError("the service did not accept the message")

    def _service(self, address: str) -> Any:
        service = apprise.Apprise.instantiate(address, asset=self._asset)
        if service is None:
            raise PermanentError("this Apprise address is incomplete; correct it")
        if _scheme(address) in OWN_HOST and getattr(service, "mode", "") != "cloud":
            require_public(service.host, allow_loopback=self._allow_loopback)
        service.socket_connect_timeout = CONNECT_SECONDS
        service.socket_read_timeout = READ_SECONDS
        service.redirects = False
        return service


def check_apprise_url(address: str) -> str:
    """The address, stripped; InvalidInput says why it is refused. Looks nothing up."""
    stripped = address.strip()
    scheme = _scheme(stripped)
    if scheme not in VENDOR_HOSTED | OWN_HOST:
        known = ", ".join(sorted(VENDOR_HOSTED | OWN_HOST))
        raise InvalidInput(f"{scheme or 'this'}:// is not offered; use one of {known}", "address")
    for name, _ in parse_qsl(urlsplit(stripped).query, keep_blank_values=True):
        if name.lower() in _REFUSED_OPTIONS:
            raise InvalidInput(f"the option {name} is not allowed here; leave it out", "address")
    if apprise.Apprise.instantiate(stripped) is None:
        raise InvalidInput("this Apprise address is incomplete; correct it", "address")
    return stripped


def _scheme(address: str) -> str:
    return address.strip().partition("://")[0].lower() if "://" in address else ""
