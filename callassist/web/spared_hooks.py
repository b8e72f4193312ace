"""What webhooks are spared: each proves itself, nobody is signed in, and no page is shown."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

_HOOKS = frozenset({"hooks_pms", "hooks_sensors", "hooks_telephony", "hooks_texts"})  # blueprints


class SparesHooks(Flask):
    """Looks for no visitor, no form's token and no limit where none can be.

    That took an eighth of what a callback of a phone network takes, and a session of the database.
    """

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Nothing comes before a webhook."""
        return None if request.blueprint in _HOOKS else super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        """Nor after it: no cookie goes with its answer."""
        return response if request.blueprint in _HOOKS else super().process_response(response)
