"""Texts that an adapter gives to a page: marked here, said in the reader's language there."""

from __future__ import annotations


def said(text: str) -> str:
    """The English text as it is; pages look up its translation when they show it."""
    return text
