"""Passwords that are quick to try, in tests only."""

from __future__ import annotations

from passlib.hash import argon2


def hash_lightly() -> None:
    """The same method with as little work and memory as it can do with; what it kept says how much.

    Hashing as in service is made to be slow: it was a tenth of the tests of signing in.
    """
    argon2.default_rounds, argon2.memory_cost, argon2.parallelism = 1, 8, 1
