"""Many calls whose token is refused at the same time: one of them gets the new one, for all."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import pytest

from client.conftest import Connect
from client.identity import Provider
from client.turns import Turns, answer, refuse, stream
from kubex.client import Client
from support.plugins import PluginScript
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


class Storm:
    """A server that refuses all of so many calls at once if they have the first token, and takes any other."""

    def __init__(self, first: str, *, streamed: bool, arrived: Callable[[str], None] = lambda _: None) -> None:
        self.seen: list[str] = []
        self._first = first
        self._arrived = arrived
        self._all_refused = threading.Barrier(CALLS)
        self._good = stream(b"ok") if streamed else answer(b"ok")

    def __call__(self, peer: Peer) -> None:
        """Answer one request."""
        assert peer.last is not None
        token = (peer.last.header("authorization") or "").removeprefix("Bearer ")
        self.seen.append(token)
        self._arrived(token)
        if token == self._first:
            self._all_refused.wait(SECONDS)
            refuse("401 Unauthorized")(peer)
        else:
            self._good(peer)


async def weather(client: Client, *, streamed: bool) -> None:
    """Make so many calls at once, all of which must succeed."""
    bodies: list[bytes] = []

    async def call() -> None:
        if not streamed:
            bodies.append((await client.request("POST", "/", body=b"{}")).body)
            return
        async with client.stream("GET", "/") as opened:
            bodies.append(await opened.receive())

    async with client, anyio.create_task_group() as group:
        for _ in range(CALLS):
            group.start_soon(call)
    assert bodies == [b"ok"] * CALLS


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_reading_of_a_file(
    connect: Connect, serve: Serve, pipe: Pipe, streamed: bool
) -> None:
    storm = Storm("old", streamed=streamed, arrived=pipe.arrived)
    server = serve(Turns(storm), backlog=CALLS)
    client = connect(server, configuration={"token_file": pipe.path}, retry=None, timeout=None)
    await weather(client, streamed=streamed)
    assert (storm.seen.count("old"), storm.seen.count("new")) == (CALLS, CALLS)
    assert pipe.reads == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_run_of_a_plugin(
    connect: Connect, serve: Serve, tmp_path: Path, streamed: bool
) -> None:
    script = PluginScript(tmp_path / "plugin", 'answer(token=f"token-{run}")')
    storm = Storm("token-1", streamed=streamed)
    server = serve(Turns(storm), backlog=CALLS)
    client = connect(server, configuration={"exec": script.settings()}, retry=None, timeout=None)
    await weather(client, streamed=streamed)
    assert (storm.seen.count("token-1"), storm.seen.count("token-2")) == (CALLS, CALLS)
    assert script.runs == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_refresh(connect: Connect, serve: Serve, streamed: bool) -> None:
    provider = Provider(serve)
    storm = Storm(provider.token(0), streamed=streamed)
    server = serve(Turns(storm), backlog=CALLS)
    oidc = provider.settings(id_token=provider.token(0))
    await weather(connect(server, configuration={"oidc": oidc}, retry=None, timeout=None), streamed=streamed)
    assert [storm.seen.count(provider.token(number)) for number in (0, 1)] == [CALLS, CALLS]
    assert len(provider.refreshes) == 1
