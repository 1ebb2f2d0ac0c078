"""A client with a scripted transport, for tests that do not need a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from kubex.client import Client, ClientOptions, RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex_testing import MockAction, MockResponse, MockTransport
from support.backend_pairs import RUNTIMES

URL = "http://cluster.test"
CONFIGURATION = ClientConfiguration(url=URL)

# The default number of attempts without delays.
RETRY_WITHOUT_DELAY = RetryPolicy(initial_delay=0, max_delay=0)


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run each test on both async libraries. No HTTP library is used."""
    runtime: str = request.param
    return runtime


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the delays between attempts, which end immediately."""
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(anyio, "sleep", sleep)
    return seconds


@asynccontextmanager
async def scripted_client(
    *script: MockAction, configuration: ClientConfiguration = CONFIGURATION, **options: Any
) -> AsyncIterator[tuple[Client, MockTransport]]:
    """Create a client that receives scripted responses: `async with scripted_client(...) as (client, mock)`."""
    options.setdefault("retry", RETRY_WITHOUT_DELAY)
    with MockTransport(script) as mock:
        async with Client(configuration, ClientOptions(**options), backend=mock.backend) as client:
            yield client, mock


def error_response(status: int, body: bytes = b"", **headers: str) -> MockResponse:
    """Return an error response. Underscores in header names are replaced with hyphens."""
    return MockResponse(
        status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
