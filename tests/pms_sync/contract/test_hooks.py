"""Webhooks are hints that have to prove themselves; what is written back arrives once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callassist.errors import PermanentError
from callassist.ports.pms import Hint
from callassist.ports.pms_access import BadHook, HookRequest
from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.servers import seed as names
from tests.pms_sync.servers.base import SentHook

URL = "https://calls.example/hooks/pms/vendor/token-of-a-test"


def test_a_webhook_names_what_to_read_again(bench: Bench):
    secrets = _secrets(bench)
    booking = bench.server.seed.booking(names.PLAIN)
    hint = bench.connector.parse_webhook(_request(bench.server.hook(booking)), secrets)
    ids = bench.server.reservation_ids(booking)
    assert hint.everything or set(ids) <= set(hint.reservation_ids)
    assert not hint.refused


def test_a_webhook_that_comes_twice_says_the_same_again(bench: Bench):
    secrets = _secrets(bench)
    request = _request(bench.server.hook(bench.server.seed.booking(names.PLAIN)))
    first, second = (bench.connector.parse_webhook(request, secrets) for _ in range(2))
    assert first == second


def test_a_webhook_that_was_changed_or_has_no_signature_is_refused(bench: Bench):
    secrets = _secrets(bench)
    if not bench.server.signs_hooks:
        pytest.skip("this system does not sign")
    hook = bench.server.hook(bench.server.seed.booking(names.PLAIN))
    for forged in (
        SentHook(body=hook.body + b" ", headers=hook.headers, query=hook.query),
        SentHook(body=hook.body, headers={"content-type": "application/json"}, query=hook.query),
    ):
        with pytest.raises(BadHook) as refused:
            bench.connector.parse_webhook(_request(forged), secrets)
        assert refused.value.is_unsigned
    with pytest.raises(BadHook):
        bench.connector.parse_webhook(_request(hook), ["whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="])


def test_a_webhook_of_an_hour_ago_is_a_replay(bench: Bench):
    secrets = _secrets(bench)
    if not bench.server.guards_replay:
        pytest.skip("this system says no time")
    then = datetime.now(UTC) - timedelta(hours=1)
    hook = bench.server.hook(bench.server.seed.booking(names.PLAIN), at=then)
    with pytest.raises(BadHook):
        bench.connector.parse_webhook(_request(hook), secrets)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"[" * 100_000, b"\xff\x00"])
def test_what_cannot_be_read_breaks_nothing(bench: Bench, body: bytes):
    _secrets(bench)
    request = _request(SentHook(body=body, headers={"content-type": "application/json"}))
    try:
        hint = bench.connector.parse_webhook(request, [])
    except BadHook:
        return
    assert hint == Hint()


def test_a_hook_that_is_registered_twice_is_there_once(bench: Bench):
    if not bench.facts.hooks.registered_by_us:
        pytest.skip("the host sets it up")
    if not bench.entry.has_hooks:
        with pytest.raises(PermanentError):
            bench.connector.register_hook(bench.access, URL)
        return
    bench.connector.register_hook(bench.access, URL)
    after_one = sorted(bench.server.hooks)
    assert after_one
    secret = bench.connector.register_hook(bench.access, URL)
    assert sorted(bench.server.hooks) == after_one
    hook = bench.server.hook(bench.server.seed.booking(names.PLAIN))
    bench.connector.parse_webhook(_request(hook), [secret] if secret else [])


def test_a_message_reaches_the_guest_of_the_booking(bench: Bench):
    if not bench.facts.abilities.messages:
        pytest.skip("this system takes none")
    reservation = bench.one(names.HIDDEN)
    bench.connector.send_message(bench.access, reservation, "Bonsoir, l'hôte vous écrit.")
    ((about, text),) = bench.server.messages
    assert about in (reservation.external_id, reservation.conversation_id)
    assert text == "Bonsoir, l'hôte vous écrit."


def test_a_note_stands_on_the_reservation_and_keeps_what_stood_there(bench: Bench):
    if not bench.facts.abilities.notes:
        pytest.skip("this system takes none")
    reservation = bench.one(names.PLAIN)
    bench.connector.add_note(bench.access, reservation, "Calls about noise: see the report.")
    about, text = bench.server.notes[-1]
    assert about == reservation.external_id
    assert text.endswith("Calls about noise: see the report.")


def _secrets(bench: Bench) -> list[str]:
    """The secrets of hooks as we would hold them; skips where there are no hooks."""
    if not bench.facts.abilities.webhooks:
        pytest.skip("this system sends none")
    if not bench.entry.has_hooks:
        pytest.skip("not to connections made in this way")
    if bench.facts.hooks.registered_by_us:
        secret = bench.connector.register_hook(bench.access, URL)
        return [secret] if secret else []
    return list(bench.server.hook_secrets)


def _request(hook: SentHook) -> HookRequest:
    return HookRequest(
        body=hook.body, headers=hook.headers, query=hook.query, now=datetime.now(UTC)
    )
