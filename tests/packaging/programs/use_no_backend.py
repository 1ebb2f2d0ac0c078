"""Check the error of `create_client()` if no backend is installed."""

import anyio

from kubex.client import create_client
from kubex.configuration import ClientConfiguration


async def main() -> None:
    message = "a client was created without a backend"
    try:
        await create_client(ClientConfiguration(url="http://127.0.0.1:1"))
    except ImportError as error:
        message = str(error)
    assert "pip install kubex-aiohttp" in message, message
    assert "kubex-httpx" in message, message


anyio.run(main)
