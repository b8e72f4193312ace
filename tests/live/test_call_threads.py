"""Phone networks have threads of their own."""

from __future__ import annotations

import threading
from typing import Any

from callassist.live import LiveFirst

PATIENCE = 20.0


def test_a_network_is_answered_while_pages_take_every_thread():
    inside, go_on = threading.Semaphore(0), threading.Event()

    def pages(environ: Any, _start: Any) -> list[bytes]:
        if environ["PATH_INFO"].startswith("/hooks/telephony/"):
            return [b"hang up"]
        inside.release()
        assert go_on.wait(PATIENCE)
        return [b"a page"]

    application = LiveFirst(pages, pages, page_threads=2, call_threads=1)

    def ask(path: str) -> list[bytes]:
        return list(application({"PATH_INFO": path}, lambda *_: lambda _: None))

    slow = [threading.Thread(target=ask, args=("/desk",)) for _ in range(3)]
    for one in slow:
        one.start()
    try:
        assert inside.acquire(timeout=PATIENCE)
        assert inside.acquire(timeout=PATIENCE)
        assert ask("/hooks/telephony/twilio/token/ask") == [b"hang up"]
        assert not inside.acquire(blocking=False)  # the third page waits all the while
    finally:
        go_on.set()
        for one in slow:
            one.join()
