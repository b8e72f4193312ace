"""Telling another machine that this one is well, so that it can raise the alarm when it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import requests
import structlog

from callassist.errors import CallAssistError

_log = structlog.get_logger()

Check = Callable[[], None]


def ping_if_well(
    checks: Mapping[str, Check], url: str | None, http: requests.Session
) -> dict[str, str]:
    """GET `url` if every check passes; what failed, by name, with its reason.

    A check raises when something is wrong. The ping itself is among the failures as
    `heartbeat`. Without a URL the checks run all the same. `http` sets the time-outs
    (safe_http.trusted_session).
    """
    failed = {name: reason for name, check in checks.items() if (reason := _failure(check))}
    if url and not failed:
        refused = _ping(url, http)
        if refused is not None:
            failed["heartbeat"] = refused
    if failed:
        _log.warning("not well", action="heartbeat_not_sent", failed=failed)
    return failed


def _failure(check: Check) -> str | None:
    try:
        check()
    except CallAssistError as error:
        return error.detail
    except Exception as error:  # whatever is wrong, we are not well; its text may hold secrets
        return type(error).__name__
    return None


def _ping(url: str, http: requests.Session) -> str | None:
    try:
        with http.get(url, stream=True) as answer:  # the body is of no interest, however long
            return None if answer.ok else f"the monitor answered {answer.status_code}"
    except requests.RequestException as error:
        return f"the monitor was not reached ({type(error).__name__})"
