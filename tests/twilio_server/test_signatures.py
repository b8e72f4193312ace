"""Webhooks are signed as Twilio says, computed here a second time by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from tests.twilio_server.conftest import Open, Scene
from tests.twilio_server.service import PUBLIC_URL
from tests.twilio_server.webhooks import Webhook, signature


def by_hand(secret: str, url: str, form: dict[str, str]) -> str:
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha1)).decode()


def test_the_vector_that_twilios_own_libraries_are_tested_with() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert by_hand("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://desk.example/hooks/1", {}),
        ("https://desk.example/hooks/1?a=b%20c&d=", {"Body": "é ñ 🎉", "A": " kept "}),
        ("http://127.0.0.1:5050/x", {"b": "2", "B": "1", "a": "3"}),
    ],
)
def test_the_signer_agrees_with_a_signature_made_by_hand(url: str, form: dict[str, str]) -> None:
    assert signature("secret", url, form) == by_hand("secret", url, form)


def test_every_webhook_is_signed_for_the_exact_address_that_was_given(scene: Scene) -> None:
    scene.dial(status_callback=PUBLIC_URL + "/status?attempt=7&x=%2F")
    scene.server.advance(minutes=1)
    assert len(scene.service.asked) == 5
    for asked in scene.service.asked:
        path = "/status?attempt=7&x=%2F" if asked.path == "/status" else asked.path
        expected = by_hand(scene.server.account.auth_token, PUBLIC_URL + path, asked.form)
        assert asked.headers["X-Twilio-Signature"] == expected


def test_the_fragment_of_an_address_is_neither_sent_nor_signed(scene: Scene) -> None:
    scene.dial(status_callback=PUBLIC_URL + "/status#rc=3&rp=5xx,ct,rt")
    scene.server.advance(seconds=1)
    asked = scene.service.asked[0]
    expected = by_hand(scene.server.account.auth_token, PUBLIC_URL + "/status", asked.form)
    assert asked.headers["X-Twilio-Signature"] == expected


def test_the_fragment_is_signed_where_that_is_tried(scene: Scene) -> None:
    scene.server.network.post.signs_fragment = True
    scene.dial(status_callback=PUBLIC_URL + "/status#rc=3")
    scene.server.advance(seconds=1)
    asked = scene.service.asked[0]
    expected = by_hand(scene.server.account.auth_token, PUBLIC_URL + "/status#rc=3", asked.form)
    assert asked.headers["X-Twilio-Signature"] == expected
    assert asked.url == PUBLIC_URL + "/status"


def test_a_get_carries_its_fields_in_the_address(scene: Scene) -> None:
    scene.dial(status_callback_method="GET", status_callback_event=["initiated"])
    scene.server.advance(seconds=1)
    (asked,) = scene.service.asked
    assert (asked.method, asked.form) == ("GET", {})
    assert "CallStatus=initiated" in asked.url
    sent = scene.server.webhooks[0]
    assert sent.headers["X-Twilio-Signature"] == asked.headers["X-Twilio-Signature"]


def test_the_newest_token_signs_and_both_open_the_door(scene: Scene) -> None:
    old = scene.server.account.auth_token
    new = scene.server.account.rotate_token()
    scene.dial(status_callback_event=["initiated"])  # the SDK still has the old one
    scene.server.advance(seconds=1)
    asked = scene.service.asked[0]
    url = PUBLIC_URL + "/status"
    assert asked.headers["X-Twilio-Signature"] == by_hand(new, url, asked.form)
    assert asked.headers["X-Twilio-Signature"] != by_hand(old, url, asked.form)


def test_signalwire_has_a_header_and_a_key_of_its_own(open_scene: Open) -> None:
    scene = open_scene(layout="signalwire")
    scene.dial(status_callback_event=["initiated"])
    scene.server.advance(seconds=1)
    asked = scene.service.asked[0]
    account = scene.server.account
    assert "X-Twilio-Signature" not in asked.headers
    assert asked.headers["X-Signalwire-Signature"] == by_hand(
        account.signing_key, PUBLIC_URL + "/status", asked.form
    )
    assert account.signing_key not in account.auth_tokens


def test_a_forged_callback_has_another_keys_signature(scene: Scene) -> None:
    scene.server.webhook_faults(forge=1)
    scene.dial(status_callback_event=["initiated"])
    scene.server.advance(seconds=1)
    forged, true = scene.service.asked
    token = scene.server.account.auth_token
    for asked, is_true in ((forged, False), (true, True)):
        expected = by_hand(token, PUBLIC_URL + "/status", asked.form)
        assert (asked.headers["X-Twilio-Signature"] == expected) is is_true
    assert (forged.form["CallStatus"], true.form["CallStatus"]) == ("completed", "initiated")


def test_anything_can_be_sent_with_and_without_a_true_signature(scene: Scene) -> None:
    form, url = {"CallSid": "CA" + "0" * 32}, PUBLIC_URL + "/status"
    for headers in ({}, scene.server.sign(url, form)):
        assert scene.server.send(url, form, headers).status == 204
    unsigned, signed = scene.service.asked
    assert "X-Twilio-Signature" not in unsigned.headers
    expected = by_hand(scene.server.account.auth_token, url, form)
    assert signed.headers["X-Twilio-Signature"] == expected
    assert scene.server.webhooks == []


def test_a_replay_is_the_same_request_again(scene: Scene) -> None:
    scene.dial(status_callback_event=["initiated"])
    scene.server.advance(seconds=1)
    sent: Webhook = scene.server.webhooks[0]
    assert scene.server.resend(sent).status == 204
    first, second = scene.service.asked
    assert first == second
