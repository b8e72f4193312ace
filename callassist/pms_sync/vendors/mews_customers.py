"""Mews's customers, each asked for once in a run, up to a thousand at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from callassist.pms_sync.vendors.mews_records import contact_of
from callassist.pms_sync.vendors.mews_requests import PAGE_SIZE, pages_of
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact
from callassist.ports.pms_access import Access

MOST_MERGES = 3  # one merged into one that was merged, and so on


class Customers:
    """What is known of customers so far; those who were merged are followed."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._contacts: dict[str, Contact] = {}
        self._merged: dict[str, str] = {}  # into whom
        self._asked: set[str] = set()

    def fetch(self, customer_ids: Iterable[str]) -> None:
        """Ask for those who were not asked for yet, and for those they were merged into."""
        wanted = {each for each in customer_ids if each not in self._asked}
        for _ in range(MOST_MERGES + 1):
            if not wanted:
                return
            self._ask(sorted(wanted))
            wanted = {into for into in self._merged.values() if into not in self._asked}

    def of(self, customer_id: str | None) -> Contact:
        """Empty where there is no such person: a company, or one who was forgotten."""
        for _ in range(MOST_MERGES):
            if customer_id not in self._merged:
                break
            customer_id = self._merged[customer_id]
        return self._contacts.get(customer_id or "", Contact())

    def _ask(self, customer_ids: list[str]) -> None:
        self._asked.update(customer_ids)
        for start in range(0, len(customer_ids), PAGE_SIZE):
            body = {
                "CustomerIds": customer_ids[start : start + PAGE_SIZE],
                "Extent": {"Customers": True, "Addresses": False},
            }
            for page in pages_of(self._access, "customers/getAll", body, "Customers"):
                for customer in page:
                    self._keep(customer)

    def _keep(self, customer: Any) -> None:
        if not isinstance(customer, dict) or not isinstance(customer.get("Id"), str):
            return
        into = customer.get("MergeTargetId")
        if isinstance(into, str) and into and into != customer["Id"]:
            self._merged[customer["Id"]] = into
        try:
            self._contacts[customer["Id"]] = contact_of(customer)
        except Unreadable:
            return  # one odd field of a guest is no reason to lose the stay
