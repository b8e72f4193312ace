"""The REST interface, version 1."""

from __future__ import annotations

from callassist.web.api.blueprint import blueprint

__all__ = ["blueprint"]
