"""Sealing, the keyed index, and keys that are wrong."""

from __future__ import annotations

import base64

import pytest

from callassist.errors import SettingsError
from callassist.storage.vault import SealBroken, Vault

OLD, NEW = Vault.generate_key(), Vault.generate_key()
NUMBER = "+12025550107"


def test_what_was_sealed_opens_and_never_looks_the_same():
    vault = Vault.from_text(OLD)
    first, second = vault.seal(NUMBER), vault.seal(NUMBER)
    assert first != second
    assert NUMBER.encode() not in first
    assert vault.open(first) == vault.open(second) == NUMBER


def test_the_index_is_stable_keyed_and_gives_nothing_back():
    vault = Vault.from_text(OLD)
    assert vault.index(NUMBER) == Vault.from_text(OLD).index(NUMBER)
    assert len(vault.index(NUMBER)) == 64
    assert vault.index(NUMBER) != vault.index("+12025550108")
    assert vault.index(NUMBER) != Vault.from_text(NEW).index(NUMBER)
    assert vault.index(NUMBER) != vault.salted(NUMBER)


def test_with_two_keys_the_first_seals_and_both_open_and_find():
    old, both = Vault.from_text(OLD), Vault.from_text(f"{NEW},{OLD}")
    assert both.open(old.seal(NUMBER)) == NUMBER
    assert both.indexes(NUMBER) == (Vault.from_text(NEW).index(NUMBER), old.index(NUMBER))
    assert both.index(NUMBER) == both.indexes(NUMBER)[0]
    assert both.is_current(both.seal(NUMBER))
    assert not both.is_current(old.seal(NUMBER))
    with pytest.raises(SealBroken, match="add the older key"):
        old.open(both.seal(NUMBER))


@pytest.mark.parametrize("place", [0, 1, 6, 20, -1])
def test_every_changed_byte_is_noticed(place: int):
    vault = Vault.from_text(OLD)
    sealed = bytearray(vault.seal(NUMBER))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        vault.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", NUMBER.encode()])
def test_what_was_never_sealed_is_refused(sealed: bytes):
    with pytest.raises(SealBroken, match="not a sealed value"):
        Vault.from_text(OLD).open(sealed)


def test_a_cut_off_value_is_refused():
    vault = Vault.from_text(OLD)
    with pytest.raises(SealBroken, match="cut off"):
        vault.open(vault.seal(NUMBER)[:-1])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "is empty"),
        (" , ", "is empty"),
        ("secret", "key 1 is not 32 bytes"),
        (f"{OLD},short", "key 2 is not 32 bytes"),
        (base64.b64encode(b"x" * 31).decode(), "key 1 is not 32 bytes"),
        (f"{OLD},{OLD}", "the same key twice"),
    ],
    ids=["empty", "blank", "a word", "a short second key", "31 bytes", "the same twice"],
)
def test_a_key_that_is_none_is_refused_without_showing_it(text: str, named: str):
    with pytest.raises(SettingsError, match=f"CALLASSIST_SECRET_KEY: .*{named}") as caught:
        Vault.from_text(text)
    assert OLD not in str(caught.value)


def test_plain_and_url_safe_base64_are_the_same_key():
    plain = OLD.replace("-", "+").replace("_", "/")
    assert Vault.from_text(plain).fingerprint == Vault.from_text(OLD).fingerprint


def test_a_vault_does_not_show_its_keys():
    vault = Vault.from_text(OLD)
    assert OLD not in repr(vault)
    assert len(vault.fingerprint) == 16
