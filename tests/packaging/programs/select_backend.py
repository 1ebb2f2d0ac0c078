"""Check that a client uses the expected backend, and imports no other HTTP library: ASYNC_LIBRARY BACKEND."""

import sys
from pathlib import Path

import anyio

import kubex
from kubex.client import create_client
from kubex.configuration import ClientConfiguration

LIBRARY, EXPECTED = sys.argv[1:]
HTTP_LIBRARIES = {"aiohttp": "aiohttp", "httpx": "httpcore", "httpx2": "httpcore2"}

assert Path(kubex.__file__).is_relative_to(sys.prefix), kubex.__file__


async def main() -> None:
    async with create_client(ClientConfiguration(url="http://127.0.0.1:1")) as client:
        assert client.backend.name == EXPECTED, client.backend
    imported = {name for name, library in HTTP_LIBRARIES.items() if library in sys.modules}
    assert imported == {EXPECTED}, f"the libraries of these backends were imported: {imported}"


anyio.run(main, backend=LIBRARY)
