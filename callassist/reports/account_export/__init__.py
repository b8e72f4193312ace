"""Everything of one account as a ZIP of JSON and CSV, for its owner to keep or take elsewhere."""

from __future__ import annotations

from callassist.reports.account_export.archive import account_archive
from callassist.reports.account_export.source import Source, take_account_data

__all__ = ["Source", "account_archive", "take_account_data"]
