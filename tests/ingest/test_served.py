"""On a real server: bodies that break off, chunks, and kill -9 under load."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.ingest_world import World, make_world, requests
from tests.bench.serving import Served, read_answer, serve


@pytest.fixture
def world(tmp_path: Path) -> World:
    """64 connections, 128 homes."""
    return make_world(tmp_path, 128)


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    """The server on that database."""
    served = serve(world)
    yield served
    served.stop()


def signed(world: World, count: int) -> list[bytes]:
    return list(itertools.islice(requests(world, readings=1), count))


def stored(world: World) -> set[str]:
    with sqlite3.connect(world.directory / "callassist.sqlite") as connection:
        rows = connection.execute("SELECT event_key FROM noise_reading").fetchall()
    connection.close()
    return {row[0].removeprefix("i:") for row in rows}


def id_of(request: bytes) -> str:
    found: str = json.loads(request.partition(b"\r\n\r\n")[2])["id"]
    return found


def in_chunks(request: bytes, *, end: bool) -> bytes:
    """The request in two chunks, or broken off after the first."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    half = len(body) // 2
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])]
    sent = b"".join(chunks) + b"0\r\n\r\n" if end else chunks[0]
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked"]) + b"\r\n\r\n" + sent


def test_a_body_in_chunks_is_taken_and_one_that_breaks_off_is_not(world: World, served: Served):
    whole, broken, after = signed(world, 3)
    assert served.exchange(in_chunks(whole, end=True)).startswith(b"HTTP/1.1 202 ")
    with served.connect() as sock:
        sock.sendall(in_chunks(broken, end=False))
    assert served.exchange(after).startswith(b"HTTP/1.1 202 ")
    assert stored(world) == {id_of(whole), id_of(after)}


def test_a_body_cut_off_half_way_leaves_nothing(world: World, served: Served):
    cut, after = signed(world, 2)
    for length in (len(cut) - 1, len(cut) // 2 + len(cut) // 4, cut.index(b"\r\n\r\n") + 4):
        with served.connect() as sock:
            sock.sendall(cut[:length])
    assert served.exchange(after).startswith(b"HTTP/1.1 202 ")
    assert stored(world) == {id_of(after)}


def test_a_body_of_two_mebibytes_in_chunks_is_413(world: World, served: Served):
    (request,) = signed(world, 1)
    head = in_chunks(request, end=False).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with served.connect() as sock:
        with contextlib.suppress(ConnectionError):  # it need not read what it refuses
            sock.sendall(head + chunk * 32 + b"0\r\n\r\n")
        assert read_answer(sock)[:13] in (b"HTTP/1.1 413 ", b"")
    assert stored(world) == set()


def test_a_connection_is_good_for_the_next_request_after_a_refusal(world: World, served: Served):
    first, second = signed(world, 2)
    with served.connect() as sock:
        sock.sendall(first.replace(b"webhook-signature: v1,", b"webhook-signature: v1,A"))
        assert read_answer(sock).startswith(b"HTTP/1.1 401 ")
        sock.sendall(second)
        assert read_answer(sock).startswith(b"HTTP/1.1 202 ")
    assert stored(world) == {id_of(second)}


def test_what_was_accepted_survives_kill_9_under_load(world: World):
    accepted: set[str] = set()
    pending = signed(world, 4000)
    for _ in range(3):
        served = serve(world)
        accepted |= _post_until_killed(served, pending, after=200)
        sent = {id_of(each) for each in pending[:600]}
        pending = [each for each in pending if id_of(each) not in sent]
    assert len(accepted) >= 600
    assert accepted <= stored(world)
    with sqlite3.connect(world.directory / "callassist.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def _post_until_killed(served: Served, pending: list[bytes], *, after: int) -> set[str]:
    accepted: set[str] = set()
    enough = threading.Event()

    def post(mine: list[bytes]) -> None:
        try:
            with served.connect() as sock:
                for request in mine:
                    sock.sendall(request)
                    if not read_answer(sock).startswith(b"HTTP/1.1 202 "):
                        return
                    accepted.add(id_of(request))
                    if len(accepted) >= after:
                        enough.set()
        except OSError:
            return

    threads = [threading.Thread(target=post, args=(pending[n:600:8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    served.kill()
    for thread in threads:
        thread.join(30)
    return accepted
