"""The capabilities of a backend, which decide which tests run."""

from collections.abc import Callable
from inspect import isfunction
from typing import Any, ClassVar, TypeVar

import pytest

from kubex.transport import Backend, Timeout

T = TypeVar("T", bound=Callable[..., Any])


class _Capability:
    """A class attribute with a default that follows from the descriptor of the backend."""

    def __init__(self, default: Callable[[Backend], bool]) -> None:
        self._default = default

    def __get__(self, instance: object, owner: type["Capabilities"]) -> Any:
        backend = getattr(owner, "backend", None)
        return self if backend is None else self._default(backend)


def _default(default: Callable[[Backend], bool]) -> Any:
    return _Capability(default)


def _supports_proxy(proxy: str, server: str) -> Any:
    return _default(lambda backend: backend.proxy(proxy, server) is None)


def _uses(option: str, value: object) -> Any:
    return _default(
        lambda backend: not any(entry.option == option and entry.applies(value, "https") for entry in backend.ignores)
    )


class Capabilities:
    """The capabilities of a backend. To change one, set it in your class: `python_sockets = False`.

    Most defaults follow from the descriptor, so that a test is skipped only if Kubex also tells users that the backend
    does not support this.
    """

    backend: ClassVar[Backend]
    """The descriptor of the backend."""

    websockets: bool = _default(lambda backend: backend.websocket() is None)
    """The backend opens WebSockets. Default: `Backend.websocket()` returns None."""

    http2: bool = _default(lambda backend: backend.http2() is None)
    """Requests can share a connection with HTTP/2. Default: `Backend.http2()` returns None.

    The server for these tests needs h2: `pip install "kubex-testing[http2]"`.
    """

    http_proxies: bool = _supports_proxy("http", "https")
    """The backend connects through HTTP proxies. Default: `Backend.proxy("http", "https")` returns None."""

    https_proxies: bool = _supports_proxy("https", "http")
    """The connection to a proxy can use TLS. Default: `Backend.proxy("https", "http")` returns None."""

    tls_in_tls: bool = _supports_proxy("https", "https")
    """TLS to the server can be tunnelled in TLS to a proxy. Default: `Backend.proxy("https", "https")` returns None."""

    socks_proxies: bool = _supports_proxy("socks5", "https")
    """The backend connects through SOCKS5 proxies. Default: `Backend.proxy("socks5", "https")` returns None."""

    pool_timeout: bool = _uses("timeout", Timeout(pool=1))
    """`Limits.pool` limits the wait for a connection. Default: `Backend.ignores` does not contain `Timeout(pool=1)`."""

    write_timeout: bool = _uses("timeout", Timeout(write=1))
    """`Limits.write` limits each wait until data is sent. Default: `Backend.ignores` does not contain
    `Timeout(write=1)`."""

    pool_size_per_host: bool = _uses("pool_size_per_host", 5)
    """`TransportConfig.pool_size_per_host` has an effect. Default: it is not in `Backend.ignores`."""

    buffer_size: bool = _uses("buffer_size", 2**16)
    """`TransportConfig.buffer_size` limits how much of a body is read ahead. Default: it is not in
    `Backend.ignores`."""

    native_cancellation: bool = True
    """On asyncio, `Task.cancel()` and `asyncio.wait_for()` cancel a request at each moment, not only AnyIO's scopes."""

    closes_tls_handshakes: bool = True
    """`close_connections()` also closes connections whose TLS handshake has not ended."""

    event_loop_timers: bool = True
    """Time limits use timers of the event loop. Some tests move its clock forward instead of waiting for a minute."""

    python_sockets: bool = True
    """The library uses Python's module `socket`. Some tests record socket options, or replace `getaddrinfo()`."""

    entry_point: bool = True
    """The distribution of the backend is installed, so that `create_client()` can find it by its name."""

    def skip_without(self, capability: str) -> None:
        """Skip the current test unless the backend has a capability, for tests that need it with some parameters."""
        if not getattr(self, capability):
            pytest.skip(f"{self.backend.name} does not have the capability {capability}")


def requires(*capabilities: str) -> Callable[[T], T]:
    """Skip a test, or all tests of a class, unless the backend has these capabilities."""
    unknown = [name for name in capabilities if not hasattr(Capabilities, name)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a capability: use the name of a member of Capabilities")

    def decorate(test: T) -> T:
        for function in filter(isfunction, [test, *vars(test).values()]):
            attributes: dict[str, Any] = vars(function)
            attributes["required"] = (*attributes.get("required", ()), *capabilities)
        return test

    return decorate
