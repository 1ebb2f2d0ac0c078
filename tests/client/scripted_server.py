"""Scripts for raw servers: each request takes the next turn, on whatever connection it comes."""

import gzip
import threading
from collections.abc import Callable, Iterable
from typing import TypeAlias

from transport.socket_server import SECONDS, Peer, Seen

Turn: TypeAlias = Callable[[Peer], None]


class Turns:
    """A script of one turn for each request; the last one goes on for ever. `seen` keeps the requests in order."""

    def __init__(self, *turns: Turn) -> None:
        self._turns = list(turns)
        self._lock = threading.Lock()

    def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        try:
            while peer.request():
                with self._lock:
                    turn = self._turns.pop(0) if len(self._turns) > 1 else self._turns[0]
                turn(peer)
        except (BrokenPipeError, ConnectionResetError):  # the client left while it was being answered
            peer.server.closed.set()
            raise


def answer(body: bytes = b"{}", *, status: str = "200 OK", headers: Iterable[tuple[str, str]] = ()) -> Turn:
    """Answer with a whole body."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lambda peer: peer.answer(body, status=status, headers=lines)


def refuse(status: str, body: bytes = b"", **headers: str) -> Turn:
    """Answer with an error; an underscore in the name of a header stands for a hyphen."""
    return answer(body, status=status, headers=[(name.replace("_", "-"), value) for name, value in headers.items()])


def compressed(body: bytes) -> Turn:
    """Answer with a body in gzip."""
    return answer(gzip.compress(body), headers=[("Content-Encoding", "gzip")])


def hang_up(_: Peer) -> None:
    """Close the connection without an answer."""
    raise ConnectionError("as the script says")


def stream(*chunks: bytes, until: threading.Event | None = None) -> Turn:
    """Answer with chunks; the answer ends when the event is set, or goes on until the client leaves."""

    def turn(peer: Peer) -> None:
        peer.chunked()
        for chunk in chunks:
            peer.chunk(chunk)
        if until is None:
            peer.wait_until_closed()
        elif until.wait(SECONDS):
            peer.chunk(b"")

    return turn


def silence(peer: Peer) -> None:
    """Answer nothing until the client leaves."""
    peer.wait_until_closed()


class Arrivals:
    """Counts requests that have arrived: `arrived` is released for each."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)

    def then(self, turn: Turn) -> Turn:
        """Count, then take the turn."""

        def both(peer: Peer) -> None:
            self.arrived.release()
            turn(peer)

        return both


class Gate:
    """A turn that answers only once it is opened, or once so many requests wait at it."""

    def __init__(self, opens_at: int | None = None) -> None:
        self._open = threading.Event()
        self._opens_at = opens_at
        self._lock = threading.Lock()
        self.waiting = 0
        self.most = 0
        self.arrived = threading.Semaphore(0)

    def __call__(self, peer: Peer) -> None:
        """Wait, then answer."""
        with self._lock:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            if self.waiting == self._opens_at:
                self._open.set()
        self.arrived.release()
        opened = self._open.wait(SECONDS)
        with self._lock:
            self.waiting -= 1
        if not opened:
            raise AssertionError(f"nobody opened the gate; {self.most} requests came at most")
        peer.answer(b"{}")

    def open(self) -> None:
        """Let everybody pass from now on."""
        self._open.set()


def times(seen: Iterable[Seen], method: str) -> int:
    """Count the requests of a method."""
    return sum(request.method == method for request in seen)
