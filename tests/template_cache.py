"""Compiled page templates, kept for as long as a process of tests lives.

Each page test makes an application of its own, and each application would compile every template
that it shows: half the time of such a test.
"""

from __future__ import annotations

from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class TemplateCache(BytecodeCache):
    """Code by template; a template that was edited meanwhile is compiled again."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of the same name and text, if there is any."""
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, which nobody can change."""
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


def share_templates() -> None:
    """Let all applications of this process share what they compile."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": TemplateCache()}
