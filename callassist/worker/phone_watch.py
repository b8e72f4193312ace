"""Says in the log at the start, and whenever it changes, whether the network would take calls."""

from __future__ import annotations

import structlog

from callassist.errors import CallAssistError
from callassist.ports.telephony import Telephony

_log = structlog.get_logger()


class PhoneWatch:
    """Asks the network about the account; a wrong token is heard of before the first call."""

    def __init__(self, network: Telephony) -> None:
        self._network = network
        self._wrong: str | None = ""  # nothing is known yet

    def look(self) -> None:
        """Ask once; the same answer is logged once."""
        wrong: str | None = None
        try:
            self._network.check()
        except CallAssistError as error:
            wrong = error.detail
        if wrong == self._wrong:
            return
        self._wrong = wrong
        if wrong is None:
            _log.info("the phone network is well", action="telephony_well")
        else:
            _log.error(f"the phone network: {wrong}", action="telephony_wrong")
