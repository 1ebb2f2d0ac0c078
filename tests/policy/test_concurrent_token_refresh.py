"""Many calls whose token is refused at the same time: one of them gets the new one, for all."""

import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from client.oidc_provider import jwt
from kubex.configuration import ClientConfiguration, OpenIDConnect
from kubex.transport import PreparedRequest
from kubex_testing import MockResponse
from policy.conftest import URL, refused, scripted
from support.exec_plugins import PluginScript
from transport.socket_server import SECONDS

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
    """Refuses so many calls at once if they have the first token, and accepts any other."""

    def __init__(self, first: str, arrived: Callable[[str], None] = lambda _: None) -> None:
        self.seen: list[str] = []
        self._first = first
        self._arrived = arrived
        self._all_here = anyio.Event()

    async def __call__(self, request: PreparedRequest) -> MockResponse:
        """Answer one request."""
        token = dict(request.headers)["Authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        self._arrived(token)
        if token != self._first:
            return MockResponse(body=b"ok")
        if self.seen.count(token) == CALLS:
            self._all_here.set()
        await self._all_here.wait()
        return refused(401)


async def weather(
    answer: Callable[[PreparedRequest], Awaitable[MockResponse]],
    *,
    streamed: bool,
    other_requests: int = 0,
    **credentials: Any,
) -> None:
    """Make so many calls at once, all of which must succeed with the second token."""
    bodies: list[bytes] = []
    configuration = ClientConfiguration(url=URL, **credentials)

    async def call() -> None:
        if not streamed:
            bodies.append((await client.request("POST", "/", body=b"{}")).body)
            return
        async with client.stream("GET", "/") as opened:
            bodies.append(await opened.receive())

    script = [answer] * (2 * CALLS + other_requests)
    async with (
        scripted(*script, configuration=configuration, retry=None, timeout=None) as (client, _),
        anyio.create_task_group() as group,
    ):
        for _ in range(CALLS):
            group.start_soon(call)
    assert bodies == [b"ok"] * CALLS


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_reading_of_a_file(pipe: Pipe, streamed: bool) -> None:
    storm = Storm("old", pipe.arrived)
    await weather(storm, streamed=streamed, token_file=pipe.path)
    assert storm.seen == ["old"] * CALLS + ["new"] * CALLS
    assert pipe.reads == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_run_of_a_plugin(tmp_path: Path, streamed: bool) -> None:
    script = PluginScript(tmp_path / "plugin", 'print_credential(token=f"token-{run}")')
    storm = Storm("token-1")
    await weather(storm, streamed=streamed, exec=script.plugin())
    assert storm.seen == ["token-1"] * CALLS + ["token-2"] * CALLS
    assert script.runs == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_fifty_refused_calls_are_one_refresh(streamed: bool) -> None:
    issuer = "https://issuer.test/realm"
    tokens = [jwt(iss=issuer, aud="kubex", sub="jane", jti=number, exp=time.time() + 3600) for number in (0, 1)]
    storm = Storm(tokens[0])

    async def answer(request: PreparedRequest) -> MockResponse:
        if request.host != "issuer.test":
            return await storm(request)
        if request.target == "/realm/.well-known/openid-configuration":
            return MockResponse(json={"issuer": issuer, "token_endpoint": f"{issuer}/token"})
        assert request.target == "/realm/token"
        return MockResponse(json={"access_token": "a", "token_type": "Bearer", "id_token": tokens[1]})

    oidc = OpenIDConnect(issuer_url=issuer, client_id="kubex", id_token=tokens[0], refresh_token="refresh")
    await weather(answer, streamed=streamed, other_requests=2, oidc=oidc)
    assert storm.seen == [tokens[0]] * CALLS + [tokens[1]] * CALLS
