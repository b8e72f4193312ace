"""At the start and at each change the log says whether the phone network would take calls."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from structlog.testing import capture_logs

from callassist.errors import PermanentError
from callassist.ports.telephony import Telephony
from callassist.worker.phone_watch import PhoneWatch


def test_a_wrong_token_is_in_the_log_at_the_start_once_and_so_is_its_end() -> None:
    network: Any = SimpleNamespace(wrong="the account or its token is wrong")

    def check() -> None:
        if network.wrong:
            raise PermanentError(network.wrong)

    network.check = check
    watch = PhoneWatch(cast(Telephony, network))
    with capture_logs() as logged:
        for network.wrong in ("the token is wrong", "the token is wrong", "", ""):
            watch.look()
    assert [(one["log_level"], one["action"]) for one in logged] == [
        ("error", "telephony_wrong"),
        ("info", "telephony_well"),
    ]
    assert "token" in logged[0]["event"]
