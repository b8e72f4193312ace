"""Lets the network run by itself, for proofs that kill processes in real time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.twilio_server.network import Network
from tests.twilio_server.webhooks import Webhook

LONGEST_WAIT = 0.2  # real seconds; a clock may be changed from outside
AT_ONCE = 16


class Runner:
    """Plays events when they are due and sends webhooks side by side."""

    def __init__(self, network: Network, speed: float) -> None:
        self._network = network
        self._speed = speed
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._stopped = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        with self._network.lock:
            self._network.timeline.changed.notify_all()
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        network, timeline = self._network, self._network.timeline
        while not self._stopped:
            with network.lock:
                while not self._stopped and timeline.play_next(timeline.clock.now()) is not None:
                    pass
                while (webhook := network.take_out()) is not None:
                    self._pool.submit(self._deliver, webhook)
                due = timeline.next_due()
                wait = LONGEST_WAIT
                if due is not None:
                    to_go = (due - timeline.clock.now()).total_seconds() / self._speed
                    wait = min(max(to_go, 0.0), LONGEST_WAIT)
                if wait > 0:
                    timeline.changed.wait(wait)

    def _deliver(self, webhook: Webhook) -> None:
        try:
            self._network.deliver(webhook)
        except Exception as error:  # nobody looks at a thread of a pool
            self._network.violated(f"the server itself failed with {webhook.url}: {error!r}")
