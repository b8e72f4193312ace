"""Hearing of a stop in a serving process, before the server waits for its last answers."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable

_STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
_kept: list[socket.socket] = []  # Python writes to its number as long as the process lives


def when_told_to_stop(call: Callable[[], None]) -> None:
    """Call `call`, in a thread of its own, when a stop arrives. For the main thread, once.

    The server's own handler sets its flag and then waits for open answers to end, which streams
    would not do. Python writes each signal to this socket first, whoever handles it.
    """
    hears, writes = socket.socketpair()
    _kept.append(writes)
    writes.setblocking(False)
    signal.set_wakeup_fd(writes.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        while True:
            if _STOPS & set(hears.recv(64)):
                call()

    threading.Thread(target=listen, name="stop", daemon=True).start()
