"""Web Push for this browser: our public key, and the subscription that the browser gives."""

from __future__ import annotations

from flask import Response, json, request, url_for

from callassist import notifications
from callassist.errors import InvalidInput
from callassist.notifications.keeping_channels import ChannelInput
from callassist.notifications.own_channels import add_own_channel
from callassist.notifications.web_push import WebPush
from callassist.web import languages
from callassist.web.browsers import browser_name
from callassist.web.pages import asking
from callassist.web.pages.people import mine, told_at
from callassist.web.pages.refusals import in_words
from callassist.web.problems import Malformed

_LONGEST = 4000


def key() -> Response:
    """The key by which the browser's push service knows us."""
    push = asking.service().channels["push"]
    assert isinstance(push, WebPush)
    return _json({"key": push.public_key})


def subscribe() -> Response:
    """Keep this browser as a device of mine and send it a test; where to watch it."""
    typed = request.form.get("subscription", "")
    if not typed or len(typed) > _LONGEST:
        raise Malformed("no subscription came with this")
    try:
        with asking.writing() as session:
            place, _all = told_at.chosen(session, asking.host())
            if place is None:
                raise InvalidInput("you have no role anywhere", "place")
            channel = add_own_channel(
                session,
                asking.service().vault,
                asking.host(),
                ChannelInput(
                    kind="push",
                    address=typed,
                    language=languages.language(),
                    person_public_id=mine.me().public_id,
                    label=browser_name(request.headers.get("User-Agent", "")),
                ),
                now=asking.now(),
                account=place.account,
                desk=place.desk,
                allow_loopback=_takes_loopback(),
            )
            started = notifications.start_test(session, channel, asking.now())
    except InvalidInput as error:
        return _json({"refused": in_words(error)}, 422)
    return _json({"watch": url_for("people.test", test_id=started.public_id)}, 201)


def _takes_loopback() -> bool:
    push = asking.service().channels["push"]
    return isinstance(push, WebPush) and push.allow_loopback


def _json(body: dict[str, str], status: int = 200) -> Response:
    answer = Response(json.dumps(body), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
