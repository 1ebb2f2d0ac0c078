"""Many calls whose token is refused at the same time: one of them reads the new one, for all."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from client.conftest import Connect
from client.turns import Turns, answer, refuse, stream
from transport.servers import SECONDS, Peer, Serve

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-35")]

CALLS = 50


class Pipe:
    """A token file in which each reader finds the next token, and that knows how often it was read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reads = 0
        self._go_on = {"old": threading.Event(), "new": threading.Event()}
        os.mkfifo(path)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for token in ("old", "new", "newer"):
            with self.path.open("w") as pipe:  # waits for a reader
                if token != "newer":
                    self.reads += 1
                    pipe.write(token)
            if token in self._go_on:
                self._go_on[token].wait(SECONDS)

    def arrived(self, token: str) -> None:
        """Take note that a token is in use: its reader has closed the pipe."""
        self._go_on[token].set()

    def close(self) -> None:
        """Be the reader that nobody else is."""
        for event in self._go_on.values():
            event.set()
        with self.path.open():
            self._thread.join(SECONDS)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    made = Pipe(tmp_path / "token")
    yield made
    made.close()


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_refresh(connect: Connect, serve: Serve, pipe: Pipe, streamed: bool) -> None:
    all_refused = threading.Barrier(CALLS)
    seen: list[str] = []

    def by_token(peer: Peer) -> None:
        assert peer.last is not None
        token = (peer.last.header("authorization") or "").removeprefix("Bearer ")
        seen.append(token)
        pipe.arrived(token)
        if token == "old":
            all_refused.wait(SECONDS)
            refuse("401 Unauthorized")(peer)
        else:
            (stream(b"ok") if streamed else answer(b"ok"))(peer)

    server = serve(Turns(by_token), backlog=CALLS)
    bodies: list[bytes] = []

    async def call() -> None:
        if not streamed:
            bodies.append((await client.request("POST", "/", body=b"{}")).body)
            return
        async with client.stream("GET", "/") as opened:
            bodies.append(await opened.receive())

    async with (
        connect(server, configuration={"token_file": pipe.path}, retry=None, timeout=None) as client,
        anyio.create_task_group() as group,
    ):
        for _ in range(CALLS):
            group.start_soon(call)
    assert bodies == [b"ok"] * CALLS
    assert (seen.count("old"), seen.count("new")) == (CALLS, CALLS)
    assert pipe.reads == 2
