"""A memory of bounded size that forgets what was not used lately, half of it at a time."""

from __future__ import annotations

from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(Generic[_Key, _Value]):
    """Remembers at most `most` values, and at least the latest `most // 2`. For one thread."""

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._young: dict[_Key, _Value] = {}
        self._old: dict[_Key, _Value] = {}

    def get(self, key: _Key) -> _Value | None:
        """What is remembered under `key`."""
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def put(self, key: _Key, value: _Value) -> None:
        """Remember it."""
        self._young[key] = value
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}
