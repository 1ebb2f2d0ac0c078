"""Short versions of the long runs in `benchmarks/streams/stress.py`, against the server of the benchmarks."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from benchmarks.runner import ROOT, server_process
from benchmarks.streams.sessions import SESSIONS, run_at_once
from benchmarks.streams.stress import (
    NOTHING,
    TRANSFERS,
    cancellations,
    connect,
    cycles,
    fuzz_channels,
    idle_sessions,
    paused_reader,
)

from kubex.api import Api
from kubex_k8s.v1_37.core.v1 import Pod
from support.backend_pairs import BackendPair


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """Run the server of the benchmarks of streams."""
    with server_process("benchmarks.streams.server", []) as url:
        yield url


@pytest.fixture
async def pods(pair: BackendPair, server_url: str) -> AsyncIterator[Api[Pod]]:
    """Return the Pods of the server."""
    async with connect(pair.backend, server_url) as pods:
        yield pods


@pytest.mark.anyio
@pytest.mark.parametrize("transfer", TRANSFERS)
async def test_large_data_arrives_unchanged(pods: Api[Pod], transfer: str) -> None:
    await TRANSFERS[transfer](pods, 8 * 2**20 + 1)


@pytest.mark.parametrize("transfer", ["exec-output", "port-input"])
def test_memory_does_not_grow_with_the_size_of_the_data(transfer: str) -> None:
    command = [sys.executable, "-m", "benchmarks.streams.stress", "--tiny", "--check", transfer]
    completed = subprocess.run(
        [*command, "--pair", "httpx/asyncio"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "MiB unchanged, peak RSS grew by " in completed.stdout


@pytest.mark.anyio
async def test_many_sessions_are_open_at_once(pods: Api[Pod]) -> None:
    await run_at_once(pods, 50)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", SESSIONS)
async def test_sessions_that_end_leak_nothing(pods: Api[Pod], kind: str) -> None:
    assert await cycles(pods, kind, 50) == NOTHING


@pytest.mark.anyio
@pytest.mark.parametrize("kind", SESSIONS)
async def test_sessions_that_are_cancelled_at_random_moments_leak_nothing(pods: Api[Pod], kind: str) -> None:
    opened, leaked = await cancellations(pods, kind, 150, seed=4)
    assert leaked == NOTHING
    assert opened >= 150


@pytest.mark.anyio
@pytest.mark.covers("pitfall-40")
async def test_pings_do_not_end_a_session_whose_reader_pauses(pods: Api[Pod]) -> None:
    await paused_reader(pods, 16 * 2**20, pause=0.3, ping_interval=0.05)


@pytest.mark.anyio
@pytest.mark.covers("pitfall-40")
async def test_pings_keep_an_idle_session_open_through_a_proxy(pair: BackendPair, server_url: str) -> None:
    await idle_sessions(pair.backend, server_url, limit=0.5, ping_interval=0.05)


def test_random_messages_of_channels_raise_only_typed_errors() -> None:
    assert 0 < fuzz_channels(2000, seed=5) < 2000
