"""Limits of requests that cost nothing where they cannot apply."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter


class SparingLimiter(Limiter):
    """Asks its filters before anything else.

    The library asks them in the middle of its work, three times for each request of a page: more
    than looking at a desk costs.
    """

    def init_app(self, app: Flask) -> None:
        """Without what the library does after each request, limited or not.

        It would say in headers what is left, and give back what did not count: ours do neither.
        """
        super().init_app(app)
        app.after_request_funcs[None].pop()
        app.teardown_request_funcs[None].pop()

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not any(lets_through() for lets_through in self._request_filters):
            super()._check_request_limit(callable_name, in_middleware)
