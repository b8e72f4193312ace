"""A load generator: one process, many keep-alive connections, one request in flight on each.

python -m tests.bench.load PORT CONNECTIONS < length-prefixed requests > latencies as JSON
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class _Client:
    sock: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


def pack(requests: Iterable[bytes]) -> bytes:
    """As the generator reads them from standard input."""
    return b"".join(struct.pack("!I", len(each)) + each for each in requests)


def unpack(packed: bytes) -> Iterator[bytes]:
    """What `pack` packed."""
    position = 0
    while position < len(packed):
        (length,) = struct.unpack_from("!I", packed, position)
        yield packed[position + 4 : position + 4 + length]
        position += 4 + length


def run(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    """Send all requests; seconds taken, latencies in ms (sorted) and how often each status came."""
    selector = selectors.DefaultSelector()
    clients = [_Client(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    for client in clients:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(client.sock, selectors.EVENT_READ, client)
    latencies: list[float] = []
    statuses: dict[str, int] = {}
    waiting = iter(requests)
    busy = 0
    clock = time.perf_counter
    started = clock()
    for client, first in zip(clients, waiting, strict=False):
        client.sent_at = clock()
        client.sock.sendall(first)
        busy += 1
    while busy:
        for key, _ in selector.select():
            client = key.data
            client.received += client.sock.recv(65536)
            if not _is_complete(client.received):
                continue
            now = clock()
            latencies.append((now - client.sent_at) * 1000)
            status = client.received[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            client.received = b""
            request = next(waiting, None)
            if request is None:
                busy -= 1
            else:
                client.sent_at = now
                client.sock.sendall(request)
    seconds = clock() - started
    for client in clients:
        client.sock.close()
    return {"seconds": seconds, "latencies": sorted(latencies), "statuses": statuses}


def _is_complete(received: bytes) -> bool:
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        if not received:
            raise ConnectionError("the server closed the connection")
        return False
    at = head.lower().index(b"content-length:") + len(b"content-length:")
    length = int(head[at:].split(b"\r\n", 1)[0])
    return len(body) >= length


if __name__ == "__main__":
    packed = sys.stdin.buffer.read()
    figures = run(int(sys.argv[1]), int(sys.argv[2]), list(unpack(packed)))
    json.dump(figures, sys.stdout)
