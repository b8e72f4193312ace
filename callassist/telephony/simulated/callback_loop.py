"""Posts the callbacks that are due: a thread for the service, `pump` for tests."""

from __future__ import annotations

import threading
from datetime import datetime

import structlog

from callassist.clock import Clock
from callassist.errors import CallAssistError, PermanentError, TransientError
from callassist.telephony.simulated.call_log import CallLog, LoggedCall, read_call, text_of
from callassist.telephony.simulated.callbacks import SIGNATURE_HEADER, form_of, signature
from callassist.telephony.simulated.conversations import Conversations
from callassist.telephony.simulated.text_reports import Post as Post
from callassist.telephony.simulated.text_reports import TextReports

MAX_TRIES = 3
RETRY_AFTER = 2.0  # real seconds; real networks try a callback again, and give up soon
CLAIM = 15.0  # real seconds for which a callback is ours; after a crash it goes out again
LONGEST_WAIT = 0.5  # real seconds; another process may have placed a call meanwhile
BATCH = 100

log = structlog.get_logger(__name__)


class CallbackLoop:
    """At-least-once, in the order in which they are due, on the service's clock."""

    def __init__(
        self,
        call_log: CallLog,
        clock: Clock,
        post: Post,
        secret: str,
        *,
        texts: TextReports,
        conversations: Conversations,
    ) -> None:
        self._log = call_log
        self._texts = texts
        self._conversations = conversations
        self._clock = clock
        self._post = post
        self._secret = secret
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Deliver in the background until `stop`."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(
                target=self._run, name="simulated-callbacks", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Stop once everything that is due now was tried."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def check(self) -> None:
        """Raise TransientError when the thread was started and has died."""
        if self._thread is not None and not self._thread.is_alive():
            raise TransientError("the simulated network delivers no callbacks any more; restart")

    def wake(self) -> None:
        """Something new was planned: look again."""
        self._wake.set()

    def pump(self, now: datetime) -> int:
        """Post everything that is due at `now`; returns how many arrived."""
        arrived = 0
        while due := self._due(now):
            arrived += sum(self._deliver(*callback, now) for callback in due)
        return arrived + self._texts.pump(now) + self._conversations.pump(now)

    def _due(self, now: datetime) -> list[tuple[int, int, int, LoggedCall]]:
        rows = self._log.rows(
            "SELECT callback.id, callback.tries, callback.sequence, call.* FROM callback"
            " JOIN call USING (call_id) WHERE settled_at IS NULL AND due_at <= ?"
            " ORDER BY due_at, callback.id LIMIT ?",
            text_of(now),
            BATCH,
        )
        return [(row["id"], row["tries"], row["sequence"], read_call(row)) for row in rows]

    def _deliver(
        self, callback: int, tries: int, sequence: int, call: LoggedCall, now: datetime
    ) -> bool:
        if not self._claim(callback, tries, now):
            return False
        event = call.timeline.events(call.call_id)[sequence]
        form = form_of(event, call.masked_number)
        signed = {SIGNATURE_HEADER: signature(self._secret, call.callback_url, form)}
        try:
            self._post(call.callback_url, signed, form)
        except PermanentError as error:
            self._give_up(callback, now, error.detail)
            return False
        except TransientError as error:
            self._failed(callback, tries + 1, now, error.detail)
            return False
        self._settle(callback, now)
        return True

    def _claim(self, callback: int, tries: int, now: datetime) -> bool:
        with self._log.write() as file:
            claimed = file.execute(
                "UPDATE callback SET tries = tries + 1, due_at = ?"
                " WHERE id = ? AND tries = ? AND settled_at IS NULL",
                (text_of(now + self._clock.span(CLAIM)), callback, tries),
            )
            return claimed.rowcount == 1

    def _failed(self, callback: int, tries: int, now: datetime, detail: str) -> None:
        if tries >= MAX_TRIES:
            self._give_up(callback, now, detail)
            return
        with self._log.write() as file:
            file.execute(
                "UPDATE callback SET due_at = ? WHERE id = ?",
                (text_of(now + self._clock.span(RETRY_AFTER)), callback),
            )

    def _give_up(self, callback: int, now: datetime, detail: str) -> None:
        log.warning("simulated callback given up", callback=callback, detail=detail)
        self._settle(callback, now)

    def _settle(self, callback: int, now: datetime) -> None:
        with self._log.write() as file:
            file.execute(
                "UPDATE callback SET settled_at = ? WHERE id = ?", (text_of(now), callback)
            )

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.pump(self._clock.now())
                wait = self._until_next()
            except CallAssistError as error:  # the file is locked or the disk full: go on later
                log.warning("simulated callbacks wait", detail=error.detail)
                wait = LONGEST_WAIT
            self._wake.wait(wait)

    def _until_next(self) -> float:
        rows = self._log.rows(
            "SELECT min(due_at) FROM (SELECT due_at FROM callback WHERE settled_at IS NULL"
            " UNION ALL SELECT due_at FROM text WHERE settled_at IS NULL"
            " UNION ALL SELECT due_at FROM question WHERE settled_at IS NULL)"
        )
        if rows[0][0] is None:
            return LONGEST_WAIT
        ahead = datetime.fromisoformat(rows[0][0]) - self._clock.now()
        return min(max(self._clock.real_seconds(ahead), 0.0), LONGEST_WAIT)
