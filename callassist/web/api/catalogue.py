"""Every route of the API, in one place."""

from __future__ import annotations

from callassist.web.api import call_tasks, incidents, presence
from callassist.web.api.routing import Route

ROUTES: tuple[Route, ...] = (
    *incidents.ROUTES,
    *call_tasks.ROUTES,
    *presence.ROUTES,
)
