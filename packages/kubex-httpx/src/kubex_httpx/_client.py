"""A client class that always uses this backend, without the discovery of backends."""

from kubex.client import Client, ClientOptions
from kubex.configuration import ClientConfiguration
from kubex_httpx._backend import BACKEND


class HttpxClient(Client):
    """A connection to one API server on httpx, for asyncio and trio; use it in `async with`.

    Raises ConfigurationError for options or a configuration that cannot be used.
    """

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options, backend=BACKEND)
