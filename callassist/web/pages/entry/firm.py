"""A firm's own sign-in (OpenID Connect): who its provider says somebody is."""

from __future__ import annotations


def button() -> str:
    """The words on the button; empty when no provider is set."""
    return ""


def may_use_password(email: str) -> bool:
    """Whether this address may come in without the firm's sign-in."""
    return True
