"""How a client behaves, as opposed to where it connects."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import EllipsisType

from kubex.client._retry import RetryPolicy
from kubex.core._proxy import parse_proxy
from kubex.core.params import Timeout, TimeoutTypes, coerce_timeout
from kubex.errors import ConfigurationError

KUBEX_BUFFER_SIZE = 2**21
KUBEX_WS_MAX_MESSAGE_SIZE = 2**21

FIELD_MANAGER_LENGTH = 128
"""The limit of API servers, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """The choices of one process about its client. Where a field takes `...`, that is its default.

    timeout: `...` the HTTP library's own default (httpx 5 s a phase; aiohttp 300 s in all, 30 s to connect), `None` no
        timeout, a number a total in seconds, or a `Timeout`. A call's `request_timeout=` goes before it.
    log_api_warnings: whether a `Warning` header of the server becomes an `ApiWarning` (a `UserWarning`).
    proxy: an HTTP or SOCKS5 proxy: a URL, or URLs by the scheme `http` or `https` of the server; user and password may
        stand in it. It goes before the `proxy-url` of a kubeconfig.
    keep_alive: False closes each connection after use.
    keep_alive_timeout: of an idle connection, in seconds; `...` the library's (httpx 5, aiohttp 15), `None` for ever.
    buffer_size: of reading, in bytes; `...` 2**21, `None` the library's own.
    ws_max_message_size: of a WebSocket message, in bytes; `...` 2**21, `None` no cap.
    pool_size: connections for plain requests; `...` the library's (100), `None` unlimited. Streams have their own.
    pool_size_per_host: the same for one host; `...` the library's (unlimited), `None` unlimited.
    trust_env: whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` hold, and the netrc file for the proxy's password.
    retry: when calls are sent again; `None` never.
    verify_x509_strict: whether certificates of servers must keep to RFC 5280 by the letter; `...` as Python's own
        default is: since 3.13. False accepts what lacks a key identifier, as kubectl does.
    user_agent: of requests; up to the first `/` it is the default field manager of the server. `None` names kubex.
    field_manager: of writes that do not name one, a name of this program; server-side apply requires one.
    pause_gc: whether the garbage collector of the process is paused while a page of a list is decoded eagerly.
    http2: whether plain requests to an https server may share a connection by HTTP/2; httpx only, with an extra.
    max_compression_ratio: a compressed body that expands to more than 64 MiB may be at most so many times as long as
        the data that the server sent (lists of Pods are about 25 times as long); `None` no limit.

    Raises ConfigurationError, naming the field, for what cannot be meant.
    """

    timeout: TimeoutTypes = ...
    log_api_warnings: bool = True
    proxy: str | Mapping[str, str] | None = field(default=None, repr=False)
    keep_alive: bool = True
    keep_alive_timeout: float | EllipsisType | None = ...
    buffer_size: int | EllipsisType | None = ...
    ws_max_message_size: int | EllipsisType | None = ...
    pool_size: int | EllipsisType | None = ...
    pool_size_per_host: int | EllipsisType | None = ...
    trust_env: bool = False
    retry: RetryPolicy | None = field(default_factory=RetryPolicy)
    user_agent: str | None = None
    field_manager: str | None = None
    verify_x509_strict: bool | EllipsisType = ...
    http2: bool = False
    pause_gc: bool = True
    max_compression_ratio: float | None = 200.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "timeout", coerce_timeout(self.timeout, field="ClientOptions.timeout"))
        for name in ("log_api_warnings", "keep_alive", "trust_env", "http2", "pause_gc"):
            if not isinstance(getattr(self, name), bool):
                raise _wrong(name, "True or False", getattr(self, name))
        if not isinstance(self.verify_x509_strict, bool | EllipsisType):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("verify_x509_strict", "..., True or False", self.verify_x509_strict)
        for name in ("buffer_size", "ws_max_message_size", "pool_size", "pool_size_per_host"):
            value = getattr(self, name)
            if value is not None and value is not ... and (not _is_int(value) or value < 1):
                raise _wrong(name, "..., None or a whole number above 0", value)
        self._check_keep_alive_timeout()
        if self.max_compression_ratio is not None and not 1 <= self.max_compression_ratio < math.inf:
            raise _wrong("max_compression_ratio", "a number of at least 1, or None", self.max_compression_ratio)
        self._check_proxy()
        if self.retry is not None and not isinstance(self.retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("retry", "a RetryPolicy or None", self.retry)
        if self.user_agent is not None and (
            not isinstance(self.user_agent, str)  # pyright: ignore[reportUnnecessaryIsInstance]
            or not self.user_agent.isascii()
            or not self.user_agent.isprintable()
            or not self.user_agent.strip()
        ):
            raise _wrong("user_agent", "printable ASCII text or None", self.user_agent)

        manager = self.field_manager
        if manager is not None and not (0 < len(manager) <= FIELD_MANAGER_LENGTH and manager.isprintable()):
            raise _wrong("field_manager", f"printable text of 1 to {FIELD_MANAGER_LENGTH} characters or None", manager)

    def _check_keep_alive_timeout(self) -> None:
        value = self.keep_alive_timeout
        if value is None or isinstance(value, EllipsisType):
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("keep_alive_timeout", "..., None or a number of seconds, 0 or more", value)

    def _check_proxy(self) -> None:
        if self.proxy is None:
            return
        if isinstance(self.proxy, str):
            parse_proxy(self.proxy, field="ClientOptions.proxy")
            return
        if not isinstance(self.proxy, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _wrong("proxy", "a URL, a dict of URLs by scheme, or None", type(self.proxy).__name__)
        for scheme, url in self.proxy.items():
            if scheme not in ("http", "https"):
                raise _wrong("proxy", 'a dict with the keys "http" and "https" alone', "another one")
            if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise _wrong("proxy", f"a URL for {scheme!r}", type(url).__name__)
            parse_proxy(url, field=f"ClientOptions.proxy[{scheme!r}]")
        object.__setattr__(self, "proxy", dict(self.proxy))


def default_timeout(options: ClientOptions) -> Timeout | EllipsisType | None:
    """Return the timeout of a client; the field holds a `Timeout` where a number was passed."""
    return coerce_timeout(options.timeout, field="ClientOptions.timeout")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _wrong(name: str, wanted: str, value: object) -> ConfigurationError:
    return ConfigurationError(f"must be {wanted}, not {value!r}", field=f"ClientOptions.{name}")
