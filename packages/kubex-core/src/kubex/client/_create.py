"""Making a client: configuration, backend, client."""

from collections.abc import Generator
from functools import partial
from types import TracebackType
from typing import Any

import anyio.to_thread

from kubex.client._choice import ClientChoise
from kubex.client._client import Client
from kubex.client._discovery import choose
from kubex.client._loop import runtime
from kubex.client._options import ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.core._caller import warn_caller
from kubex.errors import AlreadyOpenError
from kubex.transport import Backend


class _ClientContext:
    """What `create_client()` returns: await it for a client, or enter it with `async with`."""

    __slots__ = ("_arguments", "_client", "_is_open")

    def __init__(
        self,
        configuration: ClientConfiguration | None,
        client_class: ClientChoise | str | Backend,
        options: ClientOptions | None,
    ) -> None:
        self._arguments = (configuration, client_class, options)
        self._client: Client | None = None
        self._is_open = False

    def __await__(self) -> Generator[Any, Any, Client]:
        return self._make().__await__()

    async def __aenter__(self) -> Client:
        if self._is_open:
            raise AlreadyOpenError("the result of create_client()")
        self._is_open = True
        try:
            self._client = await self._make()
        except BaseException:
            self._is_open = False
            raise
        return await self._client.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        client, self._client, self._is_open = self._client, None, False
        if client is not None:
            await client.aclose()

    async def _make(self) -> Client:
        configuration, client_class, options = self._arguments
        warnings: list[str] = []
        choice = partial(choose, client_class, runtime(), warn=warnings.append)
        backend = await anyio.to_thread.run_sync(choice)
        for warning in warnings:  # not there, where nothing is on the stack that called this
            warn_caller(warning)
        if configuration is None:
            from kubex.configuration import load_configuration  # a configuration written by hand needs no readers

            configuration = await load_configuration()
        return Client(configuration, options, backend=backend)


def create_client(
    configuration: ClientConfiguration | None = None,
    *,
    client_class: ClientChoise | str | Backend = ClientChoise.AUTO,
    options: ClientOptions | None = None,
) -> _ClientContext:
    """Make a client: `async with create_client() as client`, or `client = await create_client()`.

    Without a configuration it reads the kubeconfig (`KUBECONFIG`, else `~/.kube/config`), else the pod's environment.
    `client_class` is a choice, a backend's name or a `Backend`; by default the variable `KUBEX_BACKEND` decides, else
    the installed backend with the highest priority among those that run on the current async library (aiohttp, then
    httpx). Raises ConfigurationError without a usable configuration, NoBackendError (an ImportError) when no backend
    can be used, BackendError when the one asked for cannot.
    """
    return _ClientContext(configuration, client_class, options)
