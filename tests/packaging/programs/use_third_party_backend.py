"""Use the example of a third-party backend, with automatic selection and by name: ASYNC_LIBRARY."""

import sys
from importlib import import_module
from pathlib import Path

import anyio

from kubex import create_client
from kubex.client import ClientChoise


async def main() -> None:
    for name in (ClientChoise.AUTO, "h11"):
        async with create_client(client_class=name) as client:
            assert client.backend.name == "h11", client.backend
            assert (await client.version()).major == "1"
    module = import_module("kubex_h11")
    assert Path(str(module.__file__)).is_relative_to(sys.prefix), module.__file__


anyio.run(main, backend=sys.argv[1])
