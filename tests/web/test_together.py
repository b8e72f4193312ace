"""Looking once for many: nobody is told what was so before they asked, or waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from callassist.errors import ServiceBusy
from callassist.web.together import Together


class Shelf:
    """What is looked at: each look takes what is there at its beginning, and waits to be let go."""

    def __init__(self) -> None:
        self.state = "old"
        self.looks: list[frozenset[str]] = []
        self.began, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.together: Together[str, str] = Together(self._look)
        self.is_broken = False

    def _look(self, keys: frozenset[str]) -> dict[str, str]:
        found = {key: f"{key} {self.state}" for key in keys}
        self.looks.append(keys)
        self.began.release()
        assert self.go_on.acquire(timeout=10)
        if self.is_broken:
            raise ServiceBusy("the database is gone", retry_after=1.0)
        return found

    def has_gathered(self, amount: int) -> bool:
        gathering = self.together._gathering
        return gathering is not None and len(gathering.keys) == amount


@contextmanager
def asking(shelf: Shelf) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        try:
            yield pool
        finally:
            for _ in range(8):
                shelf.go_on.release()


def wait_until_gathered(shelf: Shelf, amount: int) -> None:
    gone = threading.Event()
    for _ in range(1000):
        if shelf.has_gathered(amount):
            return
        gone.wait(0.01)
    raise AssertionError("they did not gather")


def test_alone_one_is_answered_at_once() -> None:
    shelf = Shelf()
    shelf.go_on.release()
    assert shelf.together.ask("a") == "a old"
    assert shelf.looks == [frozenset("a")]


def test_who_comes_during_a_look_shares_the_next_and_sees_what_changed_meanwhile() -> None:
    shelf = Shelf()
    with asking(shelf) as pool:
        first = pool.submit(shelf.together.ask, "a")
        assert shelf.began.acquire(timeout=10)
        shelf.state = "new"
        late: list[Future[str]] = [pool.submit(shelf.together.ask, key) for key in ("a", "b", "c")]
        wait_until_gathered(shelf, 3)
        shelf.go_on.release()
        assert first.result(10) == "a old"  # asked before the change
        shelf.go_on.release()
        assert [one.result(10) for one in late] == ["a new", "b new", "c new"]
    assert shelf.looks == [frozenset("a"), frozenset("abc")]


def test_a_look_that_fails_fails_for_all_who_waited_and_for_nobody_after() -> None:
    shelf = Shelf()
    with asking(shelf) as pool:
        first = pool.submit(shelf.together.ask, "a")
        assert shelf.began.acquire(timeout=10)
        late = [pool.submit(shelf.together.ask, key) for key in ("b", "c")]
        wait_until_gathered(shelf, 2)
        shelf.go_on.release()
        assert first.result(10) == "a old"
        shelf.is_broken = True
        shelf.go_on.release()
        for one in late:
            with pytest.raises(ServiceBusy):
                one.result(10)
        shelf.is_broken = False
        shelf.go_on.release()
        assert shelf.together.ask("d") == "d old"


def test_under_load_no_answer_is_older_than_its_question() -> None:
    count = 0
    guard = threading.Lock()

    def look(keys: frozenset[int]) -> dict[int, int]:
        seen = count
        threading.Event().wait(0.001)
        return dict.fromkeys(keys, seen)

    together: Together[int, int] = Together(look)

    def change_and_ask(key: int) -> bool:
        nonlocal count
        with guard:
            count += 1
            mine = count
        return together.ask(key) >= mine

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(change_and_ask, range(400)))
