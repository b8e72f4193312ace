"""A total time limit for a call that only has time-outs per step."""

from __future__ import annotations

import threading
from collections.abc import Callable

from callassist.errors import TransientError


def within(seconds: float, call: Callable[[], None]) -> None:
    """Run `call` and pass on what it raises; TransientError when it takes longer.

    A socket's time-out starts anew with every byte, so a server that drips could hold a worker
    for ever. The call is then left behind in a thread that ends with its connection.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:  # passed on below, in the caller's thread
            raised.append(error)

    thread = threading.Thread(target=run, name="send", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TransientError(f"no answer within {seconds:g} seconds")
    if raised:
        raise raised[0]
