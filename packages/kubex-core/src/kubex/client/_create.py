"""`create_client()`: load the configuration, select the backend, create the client."""

from collections.abc import Generator
from functools import partial
from types import TracebackType
from typing import Any

import anyio.to_thread

from kubex.client._backend_selection import ClientChoise, select_backend
from kubex.client._client import Client
from kubex.client._event_loop import runtime
from kubex.client._options import ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.core._warnings import warn_caller
from kubex.errors import AlreadyOpenError
from kubex.transport import Backend


class _ClientContext:
    """The result of `create_client()`: await it, or use it in `async with`, to get a client."""

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
            await client.__aexit__(kind, error, traceback)

    async def _make(self) -> Client:
        configuration, client_class, options = self._arguments
        warnings: list[str] = []
        select = partial(select_backend, client_class, runtime(), warn=warnings.append)
        backend = await anyio.to_thread.run_sync(select)
        for warning in warnings:  # not in the thread, since its stack does not contain the user's line
            warn_caller(warning)
        if configuration is None:
            # Imported here, since users who pass a configuration do not need the parser of kubeconfigs.
            from kubex.configuration import load_configuration

            configuration = await load_configuration()
        return Client(configuration, options, backend=backend)


def create_client(
    configuration: ClientConfiguration | None = None,
    *,
    client_class: ClientChoise | str | Backend = ClientChoise.AUTO,
    options: ClientOptions | None = None,
) -> _ClientContext:
    """Create a client: `async with create_client() as client`, or `client = await create_client()`.

    The second form requires `await client.aclose()` at the end.

    Args:
        configuration: the server and the credentials. By default, they are loaded from the kubeconfig (`KUBECONFIG`, or
            else `~/.kube/config`), or else from the service account of the pod.
        client_class: the HTTP backend: a `ClientChoise`, the name of a backend or a `Backend`. By default, the
            environment variable `KUBEX_BACKEND` selects it, or else the installed backend with the highest priority
            that supports the current async library: aiohttp, then httpx2, then httpx.
        options: timeouts, retries, the proxy and other settings of the client.

    Raises:
        ConfigurationError: there is no usable configuration.
        NoBackendError: no installed backend can be used. It is an ImportError.
        BackendError: the selected backend cannot be used.

    Example:
        async with create_client() as client:
            pods = await Api(Pod, client).list()
    """
    return _ClientContext(configuration, client_class, options)
