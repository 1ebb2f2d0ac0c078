# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""A client class that always uses this backend, without the discovery of backends."""

from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex_httpx2._backend import BACKEND


class Httpx2Client(Client):
    """A connection to one API server on httpx2, for asyncio and trio; use it in `async with`.

    Raises ConfigurationError for options or a configuration that cannot be used.
    """

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options, backend=BACKEND)
