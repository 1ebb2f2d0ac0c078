"""The `TransportConfig` of a client, and the checks and warnings for options that its backend does not support."""

import ssl
from types import EllipsisType
from typing import TypeVar
from urllib.parse import urlsplit

from kubex.client._options import KUBEX_BUFFER_SIZE, KUBEX_WS_MAX_MESSAGE_SIZE, ClientOptions, default_timeout
from kubex.configuration import ClientConfiguration
from kubex.core._warnings import warn_caller
from kubex.core.params import Timeout
from kubex.errors import BackendError, InsecureServerWarning, KubexError
from kubex.transport import Backend, Proxy, TLSSettings, Transport, TransportConfig

V = TypeVar("V")


def _resolve(value: V | EllipsisType, default: V) -> V:
    return default if isinstance(value, EllipsisType) else value


def check_proxy(scheme: str, backend: Backend, proxy: Proxy | None) -> None:
    """Raise BackendError if the backend cannot use the proxy for `http` or `https` servers (`scheme`)."""
    if proxy is not None and (hint := backend.proxy(proxy.scheme, scheme)) is not None:
        raise BackendError(backend.name, f"the proxy {proxy.url} cannot be used: {hint}")


def check_supported(
    options: ClientOptions, configuration: ClientConfiguration, backend: Backend, proxy: Proxy | None
) -> None:
    """Raise BackendError, which names the remedy, for an option that the backend does not support."""
    check_proxy(urlsplit(configuration.url).scheme, backend, proxy)
    if options.http2 and (hint := backend.http2()) is not None:
        raise BackendError(backend.name, f"ClientOptions.http2 cannot be used: {hint}")


def resolve_config(
    options: ClientOptions,
    backend: Backend,
    *,
    ssl_context: ssl.SSLContext | None = None,
    tls: TLSSettings | None = None,
    proxy: Proxy | None = None,
    proxy_ssl_context: ssl.SSLContext | None = None,
    proxy_tls: TLSSettings | None = None,
) -> TransportConfig:
    """Replace every `...` by Kubex's default, or by the HTTP library's default, which the backend declares."""
    library = backend.defaults
    buffer_size = _resolve(options.buffer_size, KUBEX_BUFFER_SIZE)
    return TransportConfig(
        ssl_context=ssl_context,
        tls=tls,
        proxy=proxy,
        proxy_ssl_context=proxy_ssl_context,
        proxy_tls=proxy_tls,
        keep_alive=options.keep_alive,
        keep_alive_timeout=_resolve(options.keep_alive_timeout, library.keep_alive_timeout),
        buffer_size=library.buffer_size if buffer_size is None else buffer_size,
        ws_max_message_size=_resolve(options.ws_max_message_size, KUBEX_WS_MAX_MESSAGE_SIZE),
        pool_size=_resolve(options.pool_size, library.pool_size),
        pool_size_per_host=_resolve(options.pool_size_per_host, library.pool_size_per_host),
        http2=options.http2,
        max_compression_ratio=options.max_compression_ratio,
    )


def create_transport(backend: Backend, config: TransportConfig) -> Transport:
    """Create a transport; raises BackendError if the backend raises an unknown exception or returns something else."""
    try:
        transport = backend.load()(config)
    except KubexError:
        raise
    except (Exception, SystemExit) as error:
        problem = f"its transport cannot be created: {type(error).__name__}: {error}"
        raise BackendError(backend.name, problem) from error
    if not isinstance(transport, Transport):  # pyright: ignore[reportUnnecessaryIsInstance] - of a third party
        problem = f"load() must return a callable that creates a Transport, not {type(transport).__name__}"
        raise BackendError(backend.name, problem)
    return transport


def warn_ignored(options: ClientOptions, configuration: ClientConfiguration, backend: Backend) -> None:
    """Warn, at the user's line, about each option that the backend ignores."""
    scheme = urlsplit(configuration.url).scheme
    for ignored in backend.ignores:
        value = default_timeout(options) if ignored.option == "timeout" else getattr(options, ignored.option)
        if ignored.applies(value, scheme):
            warn_caller(f"ClientOptions.{ignored.option}: {ignored.reason}", UserWarning)


def warn_insecure(configuration: ClientConfiguration) -> None:
    """Warn, at the user's line, if the server's certificate will not be verified."""
    if configuration.insecure_skip_tls_verify and urlsplit(configuration.url).scheme == "https":
        warn_caller(
            f"the certificate of {configuration.url} is not verified, so an attacker between client and server can "
            "read and change everything, credentials included; use server_ca_file or server_ca_data instead of "
            "insecure_skip_tls_verify",
            InsecureServerWarning,
        )


def warn_ignored_timeout(timeout: Timeout, configuration: ClientConfiguration, backend: Backend) -> None:
    """Warn about the phases of `request_timeout` that the backend ignores."""
    for ignored in backend.ignores:
        if ignored.option == "timeout" and ignored.applies(timeout, urlsplit(configuration.url).scheme):
            warn_caller(f"request_timeout: {ignored.reason}", UserWarning)
