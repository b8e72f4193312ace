"""Limits of requests that cost nothing where they cannot apply."""

from __future__ import annotations

from flask_limiter import Limiter


class SparingLimiter(Limiter):
    """Asks its filters before anything else.

    The library asks them in the middle of its work, three times for each request of a page: more
    than looking at a desk costs.
    """

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not any(lets_through() for lets_through in self._request_filters):
            super()._check_request_limit(callable_name, in_middleware)
