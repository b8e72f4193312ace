"""Only what a secret of ours signed, for exactly this address and form, is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from callassist.ports.telephony import WebhookRequest
from tests.telephony.twilio.wire import CALL, PUBLIC_URL, SECOND, TOKEN, network

HEADER = "X-Twilio-Signature"
URL = f"{PUBLIC_URL}/hooks/telephony/twilio/token-1"
FORM = {"CallSid": CALL, "CallStatus": "ringing", "SequenceNumber": "1", "Extra": "é &="}


def by_hand(secret: str, url: str, pairs: list[tuple[str, str]], algorithm: str = "sha1") -> str:
    """As Twilio's page on webhook security describes it, with nothing but hmac."""
    text = url + "".join(name + value for name, value in sorted(pairs))
    digest = hmac.new(secret.encode(), text.encode(), getattr(hashlib, algorithm)).digest()
    return base64.b64encode(digest).decode()


def request(
    url: str = URL,
    form: dict[str, str] | list[tuple[str, str]] | None = None,
    signature: str | None = None,
    header: str = HEADER,
) -> WebhookRequest:
    pairs = list((FORM if form is None else form).items()) if not isinstance(form, list) else form
    headers = {} if signature is None else {header: signature}
    return WebhookRequest(
        url=url, headers=headers, form=dict(pairs), body=urlencode(pairs).encode()
    )


def signed(secret: str = TOKEN, url: str = URL, **other: Any) -> WebhookRequest:
    return request(url=url, signature=by_hand(secret, url, list(FORM.items())), **other)


def accepts(sent: WebhookRequest, **settings: Any) -> bool:
    return network("", **settings).verify_webhook(sent)


def test_a_vector_computed_by_hand_is_accepted():
    # printf %s "$text" | openssl dgst -sha1 -hmac 12345 -binary | base64
    url = "https://example.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    sent = request(url, form, "L/OH5YylLD5NRKLltdqwSvS0BnU=")
    assert accepts(sent, auth_token="12345")


def test_both_tokens_are_good_while_one_is_replaced():
    for secret in (TOKEN, SECOND):
        assert accepts(signed(secret), auth_token_secondary=SECOND)
    assert not accepts(signed(SECOND))


def test_a_signing_key_is_good_beside_the_token_in_either_algorithm():
    sha256 = request(signature=by_hand("key", URL, list(FORM.items()), "sha256"))
    assert accepts(sha256, signing_key="key")
    assert accepts(signed("key"), signing_key="key")
    assert accepts(signed(TOKEN), signing_key="key")
    assert not accepts(sha256)


def test_the_algorithm_is_ours_to_choose_and_not_the_requests():
    sha256 = by_hand(TOKEN, URL, list(FORM.items()), "sha256")
    settings = "X-Twilio-Webhooks-Signature-Settings"
    sent = WebhookRequest(
        url=URL, headers={HEADER: sha256, settings: "key=a,algorithm=HMAC_SHA256"}, form=FORM
    )
    assert not accepts(sent)


def test_another_providers_header_is_read_where_it_is_configured():
    sent = signed("key", header="x-signalwire-signature")
    configured = {"signature_header": "X-SignalWire-Signature", "signing_key": "key"}
    assert accepts(sent, **configured)
    assert not accepts(signed("key"), **configured)


def test_the_addresses_own_port_may_be_written_or_not():
    with_port = URL.replace("desk.example", "desk.example:443")
    assert accepts(request(with_port, signature=by_hand(TOKEN, URL, list(FORM.items()))))
    assert accepts(request(URL, signature=by_hand(TOKEN, with_port, list(FORM.items()))))
    odd = URL.replace("desk.example", "desk.example:8443")
    assert accepts(signed(url=odd))
    assert not accepts(request(odd, signature=by_hand(TOKEN, URL, list(FORM.items()))))


def test_what_we_add_to_an_address_and_is_never_sent_may_be_signed_or_not():
    sent = request(URL + "#rc=3", signature=by_hand(TOKEN, URL, list(FORM.items())))
    assert accepts(sent)
    ours = URL + "#rc=3&rp=5xx,ct,rt"
    assert accepts(request(signature=by_hand(TOKEN, ours, list(FORM.items()))))
    assert not accepts(request(signature=by_hand(TOKEN, URL + "#x", list(FORM.items()))))


def test_a_field_that_comes_twice_counts_twice():
    pairs = [("Extra", "b"), ("Extra", "a"), ("CallSid", CALL)]
    assert accepts(request(form=pairs, signature=by_hand(TOKEN, URL, pairs)))
    assert not accepts(request(form=pairs[:1] + pairs[2:], signature=by_hand(TOKEN, URL, pairs)))


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a%d=1" % n for n in range(600))])
def test_a_body_that_is_no_form_is_refused_without_an_error(body: bytes):
    assert not accepts(WebhookRequest(url=URL, headers={HEADER: "x"}, form={}, body=body))


@pytest.mark.parametrize("url", ["", "nothing", "https://[", "https://desk.example:port/"])
def test_an_address_that_is_none_is_refused_without_an_error(url: str):
    assert not accepts(request(url, signature="x"))


def test_without_a_header_or_a_token_nothing_is_believed():
    assert not accepts(request())
    assert not accepts(request(signature=""))
    empty = request(signature=by_hand("", URL, list(FORM.items())))
    assert not accepts(empty, auth_token="")
    assert not accepts(empty)


def _wrong_signature(dice: random.Random) -> WebhookRequest:
    return request(signature=base64.b64encode(dice.randbytes(20)).decode())


def _of_another_address(dice: random.Random) -> WebhookRequest:
    other = f"{PUBLIC_URL}/hooks/telephony/twilio/token-{dice.randrange(2, 10**9)}"
    return request(signature=by_hand(TOKEN, other, list(FORM.items())))


def _of_another_form(dice: random.Random) -> WebhookRequest:
    other = FORM | {"CallStatus": "completed", "CallDuration": str(dice.randrange(1000))}
    return request(form=other, signature=by_hand(TOKEN, URL, list(FORM.items())))


def _with_a_field_more(dice: random.Random) -> WebhookRequest:
    other = FORM | {f"Added{dice.randrange(100)}": "1"}
    return request(form=other, signature=by_hand(TOKEN, URL, list(FORM.items())))


def _missing_header(dice: random.Random) -> WebhookRequest:
    return request(header=f"X-Twilio-Signatur{dice.choice('abcdf')}", signature="x")


def _http_for_https(dice: random.Random) -> WebhookRequest:
    plain = URL.replace("https", "http")
    port = dice.choice(["", ":80", ":443", ":8000"])
    plain = plain.replace("desk.example", f"desk.example{port}")
    return request(signature=by_hand(TOKEN, plain, list(FORM.items())))


def _another_host(dice: random.Random) -> WebhookRequest:
    host = f"{dice.choice(['evil', 'desk', 'localhost'])}.example{dice.choice(['', ':81'])}.test"
    games = dice.choice(["X-Forwarded-Host", "Host", "X-Original-Host", "Forwarded"])
    other = URL.replace("desk.example", host)
    sent = request(signature=by_hand(TOKEN, other, list(FORM.items())))
    return WebhookRequest(
        url=sent.url,
        headers={**sent.headers, games: host, "X-Forwarded-Proto": "https"},
        form=sent.form,
        body=sent.body,
    )


def _another_secret(dice: random.Random) -> WebhookRequest:
    return signed(dice.choice(["", SECOND, TOKEN.upper(), TOKEN[:-1], dice.randbytes(8).hex()]))


def _another_algorithm(dice: random.Random) -> WebhookRequest:
    algorithm = dice.choice(["md5", "sha224", "sha256", "sha512"])
    return request(signature=by_hand(TOKEN, URL, list(FORM.items()), algorithm))


FORGERIES: list[Callable[[random.Random], WebhookRequest]] = [
    _wrong_signature,
    _of_another_address,
    _of_another_form,
    _with_a_field_more,
    _missing_header,
    _http_for_https,
    _another_host,
    _another_secret,
    _another_algorithm,
]


def test_ten_thousand_forged_reports_are_all_refused():
    dice = random.Random(4)
    twilio = network("")
    without_token = network("", auth_token="")
    for number in range(10_000):
        forged = FORGERIES[number % len(FORGERIES)](dice)
        assert not twilio.verify_webhook(forged)
        assert not without_token.verify_webhook(forged)
    assert twilio.verify_webhook(signed())
