"""Compiled page templates, kept for as long as a run of the tests lasts.

Each page test makes an application of its own, and each application would compile every template
that it shows: half the time of such a test. Processes of one run share a folder.
"""

from __future__ import annotations

from pathlib import Path
from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache


class TemplateCache(BytecodeCache):
    """Code by template; a template that was edited meanwhile is compiled again."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}
        self._folder: FileSystemBytecodeCache | None = None

    def share(self, folder: Path) -> None:
        """Let other processes have what this one compiles, and take what they compiled."""
        folder.mkdir(exist_ok=True)
        self._folder = FileSystemBytecodeCache(str(folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of the same name and text, if there is any."""
        known = bucket.key, bucket.checksum
        if known not in self._compiled and self._folder is not None:
            self._folder.load_bytecode(bucket)
            self._keep(bucket)
        bucket.code = self._compiled.get(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, which nobody can change."""
        self._keep(bucket)
        if self._folder is not None:
            self._folder.dump_bytecode(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key, bucket.checksum] = bucket.code


def share_templates() -> TemplateCache:
    """Let all applications of this process share what they compile."""
    cache = TemplateCache()
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": cache}
    return cache
