"""What the client decides, without a network: its transport answers from a script."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubex.client import Client, ClientOptions, RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex_testing import MockAction, MockResponse, MockTransport
from support.backend_pairs import RUNTIMES

URL = "http://cluster.test"
CONFIGURATION = ClientConfiguration(url=URL)

# Attempts as many as by default, without the waiting.
SOON = RetryPolicy(initial_delay=0, max_delay=0)


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run each test on both async libraries; no HTTP library takes part."""
    runtime: str = request.param
    return runtime


@asynccontextmanager
async def scripted(
    *script: MockAction, configuration: ClientConfiguration = CONFIGURATION, **options: Any
) -> AsyncIterator[tuple[Client, MockTransport]]:
    """Make a client whose requests the script answers: `async with scripted(...) as (client, mock)`."""
    options.setdefault("retry", SOON)
    with MockTransport(script) as mock:
        async with Client(configuration, ClientOptions(**options), backend=mock.backend) as client:
            yield client, mock


def refused(status: int, body: bytes = b"", **headers: str) -> MockResponse:
    """Make an error response; an underscore in the name of a header stands for a hyphen."""
    return MockResponse(
        status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
