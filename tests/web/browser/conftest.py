"""The stage of the pages' tests, for Chromium."""

from __future__ import annotations

from tests.web.pages.conftest import stage

__all__ = ["stage"]
