"""The load generator: a process of its own, so that it shares its interpreter with nothing that is measured.

It reads one order as JSON from standard input and writes one outcome as JSON to standard output. Raw sockets,
kept alive; each connection sends its next request as soon as its answer is whole. Imports nothing of ours.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Self

CHUNK = 65_536
SILENCE_SECONDS = 20.0  # after which an answer is counted as lost
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass
class Order:
    """What to send. The requests are sent in turn, `total` of them, and none begins after `seconds`."""

    port: int
    requests: list[str]
    connections: int
    total: int
    seconds: float
    keep: bool = False  # whether the answers themselves are wanted


@dataclass
class Outcome:
    """What came back: how many answers of each status, each one's milliseconds, and the answers if wanted."""

    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)  # by the number of the request


class Client:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.number = 0
        self.began = 0.0
        self.received = b""
        self.whole = 0  # the length of the answer once its head is there
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, number: int, request: bytes) -> Self:
        self.number, self.received, self.whole = number, b"", 0
        self.began = time.perf_counter()
        self.socket.sendall(request)
        return self

    def receive(self) -> bool:
        """Take what has come; say whether the answer is whole. Raises ConnectionError when it was cut off."""
        piece = self.socket.recv(CHUNK)
        if not piece:
            raise ConnectionError
        self.received += piece
        if not self.whole and (end := self.received.find(END_OF_HEAD)) >= 0:
            self.whole = end + len(END_OF_HEAD) + _length(self.received[:end])
        return 0 < self.whole <= len(self.received)

    @property
    def status(self) -> str:
        return self.received[9:12].decode("ascii", "replace")


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line[len(LENGTH) :])
    return 0


class Run:
    """One order being carried out."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.requests = [request.encode("latin-1") for request in order.requests]
        self.outcome = Outcome()
        self.sent = 0
        self.waiting = selectors.DefaultSelector()

    def carry_out(self) -> Outcome:
        clients = [Client(self.order.port) for _ in range(min(self.order.connections, self.order.total))]
        began = time.perf_counter()
        self.last_start = began + self.order.seconds
        for client in clients:
            self._next(client)
            self.waiting.register(client.socket, selectors.EVENT_READ, client)
        while self.waiting.get_map():
            ready = self.waiting.select(SILENCE_SECONDS)
            if not ready:
                self._lose_the_rest()
            for key, _ in ready:
                self._take(key.data)
        self.outcome.seconds = time.perf_counter() - began
        return self.outcome

    def _next(self, client: Client) -> bool:
        if self.sent >= self.order.total or time.perf_counter() > self.last_start:
            return False
        client.send(self.sent, self.requests[self.sent % len(self.requests)])
        self.sent += 1
        return True

    def _take(self, client: Client) -> None:
        try:
            if not client.receive():
                return
            self._note(client)
            if self._next(client):
                return
        except (ConnectionError, TimeoutError):
            self._count("lost")
        self._close(client)

    def _note(self, client: Client) -> None:
        self._count(client.status)
        self.outcome.milliseconds.append(round((time.perf_counter() - client.began) * 1000, 3))
        if self.order.keep:
            self.outcome.answers[client.number] = client.received.decode("latin-1")

    def _count(self, status: str) -> None:
        self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1

    def _lose_the_rest(self) -> None:
        for key in list(self.waiting.get_map().values()):
            self._count("lost")
            self._close(key.data)

    def _close(self, client: Client) -> None:
        self.waiting.unregister(client.socket)
        client.socket.close()


def main() -> None:
    """Carry out the order on standard input."""
    json.dump(asdict(Run(Order(**json.load(sys.stdin))).carry_out()), sys.stdout)


if __name__ == "__main__":
    main()
