"""Puts the parts together: the only package that names concrete adapters."""

from __future__ import annotations

from callassist.bootstrap.build import build
from callassist.bootstrap.logs import set_up_logs
from callassist.bootstrap.service import Service

__all__ = ["Service", "build", "set_up_logs"]
