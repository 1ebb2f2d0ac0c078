"""Concurrent 401 responses renew the token only once."""

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
from kubex_testing.compliance.servers import WAIT_TIMEOUT
from policy.conftest import URL, error_response, scripted_client
from support.exec_plugins import PluginScript

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-35")]

CALLS = 50


class TokenPipe:
    """A token file that returns the next token on each read and counts the reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reads = 0
        self._used = {"old": threading.Event(), "new": threading.Event()}
        os.mkfifo(path)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for token in ("old", "new", "newer"):
            with self.path.open("w") as token_pipe:  # waits for a reader
                if token != "newer":
                    self.reads += 1
                    token_pipe.write(token)
            if token in self._used:
                self._used[token].wait(WAIT_TIMEOUT)

    def mark_used(self, token: str) -> None:
        """Record that a token is in use, so its reader has closed the pipe."""
        self._used[token].set()

    def close(self) -> None:
        """Read the last token, so that the thread can end."""
        for event in self._used.values():
            event.set()
        with self.path.open():
            self._thread.join(WAIT_TIMEOUT)


@pytest.fixture
def token_pipe(tmp_path: Path) -> Iterator[TokenPipe]:
    created = TokenPipe(tmp_path / "token")
    yield created
    created.close()


class FirstTokenRejecter:
    """Rejects `CALLS` requests with the first token at the same time, and accepts other tokens."""

    def __init__(self, first: str, mark_used: Callable[[str], None] = lambda _: None) -> None:
        self.seen: list[str] = []
        self._first = first
        self._mark_used = mark_used
        self._all_received = anyio.Event()

    async def __call__(self, request: PreparedRequest) -> MockResponse:
        """Respond to one request."""
        token = dict(request.headers)["Authorization"].removeprefix("Bearer ")
        self.seen.append(token)
        self._mark_used(token)
        if token != self._first:
            return MockResponse(body=b"ok")
        if self.seen.count(token) == CALLS:
            self._all_received.set()
        await self._all_received.wait()
        return error_response(401)


async def run_concurrent_calls(
    respond: Callable[[PreparedRequest], Awaitable[MockResponse]],
    *,
    streamed: bool,
    other_requests: int = 0,
    **credentials: Any,
) -> None:
    """Run `CALLS` calls concurrently and assert that all succeed."""
    bodies: list[bytes] = []
    configuration = ClientConfiguration(url=URL, **credentials)

    async def call() -> None:
        if not streamed:
            bodies.append((await client.request("POST", "/", body=b"{}")).body)
            return
        async with client.stream("GET", "/") as opened:
            bodies.append(await opened.receive())

    script = [respond] * (2 * CALLS + other_requests)
    async with (
        scripted_client(*script, configuration=configuration, retry=None, timeout=None) as (client, _),
        anyio.create_task_group() as group,
    ):
        for _ in range(CALLS):
            group.start_soon(call)
    assert bodies == [b"ok"] * CALLS


@pytest.mark.parametrize("streamed", [False, True])
async def test_token_file_is_read_once_for_concurrent_401_responses(token_pipe: TokenPipe, streamed: bool) -> None:
    rejecter = FirstTokenRejecter("old", token_pipe.mark_used)
    await run_concurrent_calls(rejecter, streamed=streamed, token_file=token_pipe.path)
    assert rejecter.seen == ["old"] * CALLS + ["new"] * CALLS
    assert token_pipe.reads == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_exec_plugin_runs_once_for_concurrent_401_responses(tmp_path: Path, streamed: bool) -> None:
    script = PluginScript(tmp_path / "plugin", 'print_credential(token=f"token-{run}")')
    rejecter = FirstTokenRejecter("token-1")
    await run_concurrent_calls(rejecter, streamed=streamed, exec=script.plugin())
    assert rejecter.seen == ["token-1"] * CALLS + ["token-2"] * CALLS
    assert script.runs == 2


@pytest.mark.parametrize("streamed", [False, True])
async def test_oidc_token_is_refreshed_once_for_concurrent_401_responses(streamed: bool) -> None:
    issuer = "https://issuer.test/realm"
    tokens = [jwt(iss=issuer, aud="kubex", sub="jane", jti=number, exp=time.time() + 3600) for number in (0, 1)]
    rejecter = FirstTokenRejecter(tokens[0])

    async def respond(request: PreparedRequest) -> MockResponse:
        if request.host != "issuer.test":
            return await rejecter(request)
        if request.target == "/realm/.well-known/openid-configuration":
            return MockResponse(json={"issuer": issuer, "token_endpoint": f"{issuer}/token"})
        assert request.target == "/realm/token"
        return MockResponse(json={"access_token": "a", "token_type": "Bearer", "id_token": tokens[1]})

    oidc = OpenIDConnect(issuer_url=issuer, client_id="kubex", id_token=tokens[0], refresh_token="refresh")
    await run_concurrent_calls(respond, streamed=streamed, other_requests=2, oidc=oidc)
    assert rejecter.seen == [tokens[0]] * CALLS + [tokens[1]] * CALLS
