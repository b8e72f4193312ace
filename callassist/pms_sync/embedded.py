"""What stands in for a property-management system where none is connected."""

from __future__ import annotations

from datetime import datetime


class NothingImported:
    """FreshContact of an installation without a PMS: there is no source to ask again."""

    def refresh(self, stay_id: int, now: datetime) -> bool:
        """Always False: what is stored is all there is."""
        return False
