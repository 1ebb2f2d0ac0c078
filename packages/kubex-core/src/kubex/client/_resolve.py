"""From options and configuration to what a transport is made of."""

import ssl
from types import EllipsisType
from typing import TypeVar
from urllib.parse import urlsplit

from kubex.client._options import KUBEX_BUFFER_SIZE, KUBEX_WS_MAX_MESSAGE_SIZE, ClientOptions
from kubex.client._proxy import resolve_proxies
from kubex.configuration import ClientConfiguration
from kubex.core._caller import warn_caller
from kubex.core.exceptions import InsecureServerWarning
from kubex.core.params import Timeout
from kubex.transport import Backend, TransportConfig

V = TypeVar("V")


def _or(value: V | EllipsisType, default: V) -> V:
    return default if isinstance(value, EllipsisType) else value


def resolve_config(
    options: ClientOptions, configuration: ClientConfiguration, backend: Backend, context: ssl.SSLContext | None
) -> TransportConfig:
    """Replace every `...` by a value: kubex's own where it has one, else the library's as the backend declares it."""
    library = backend.defaults
    buffer_size = _or(options.buffer_size, KUBEX_BUFFER_SIZE)
    return TransportConfig(
        ssl_context=context,
        proxies=resolve_proxies(options.proxy, configuration, trust_env=options.trust_env),
        keep_alive=options.keep_alive,
        keep_alive_timeout=_or(options.keep_alive_timeout, library.keep_alive_timeout),
        buffer_size=library.buffer_size if buffer_size is None else buffer_size,
        ws_max_message_size=_or(options.ws_max_message_size, KUBEX_WS_MAX_MESSAGE_SIZE),
        pool_size=_or(options.pool_size, library.pool_size),
        pool_size_per_host=_or(options.pool_size_per_host, library.pool_size_per_host),
    )


def warn_ignored(options: ClientOptions, configuration: ClientConfiguration, backend: Backend) -> None:
    """Warn, at the user's line, of each option whose value has no effect on the backend."""
    scheme = urlsplit(configuration.url).scheme
    for ignored in backend.ignores:
        value = options.default_timeout if ignored.option == "timeout" else getattr(options, ignored.option)
        if ignored.applies(value, scheme):
            warn_caller(f"ClientOptions.{ignored.option}: {ignored.reason}", UserWarning)


def warn_insecure(configuration: ClientConfiguration) -> None:
    """Warn, at the user's line, of a server whose certificate will not be checked."""
    if configuration.insecure_skip_tls_verify and urlsplit(configuration.url).scheme == "https":
        warn_caller(
            f"the certificate of {configuration.url} is not checked, so whoever is on the way can read and change "
            "everything, credentials included; trust its authority by server_ca_file or server_ca_data instead of "
            "insecure_skip_tls_verify",
            InsecureServerWarning,
        )


def warn_ignored_timeout(timeout: Timeout, configuration: ClientConfiguration, backend: Backend) -> None:
    """Warn of the phases of a call's own timeout that have no effect on the backend."""
    for ignored in backend.ignores:
        if ignored.option == "timeout" and ignored.applies(timeout, urlsplit(configuration.url).scheme):
            warn_caller(f"request_timeout: {ignored.reason}", UserWarning)
