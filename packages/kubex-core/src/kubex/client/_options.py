"""`ClientOptions`: the behaviour of a client. `ClientConfiguration` contains the server and the credentials."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TYPE_CHECKING

from kubex.client._retry import RetryPolicy
from kubex.core._error_handling import hide_arguments
from kubex.core._proxy import parse_proxy
from kubex.core.params import Timeout, TimeoutTypes, coerce_timeout
from kubex.errors import ConfigurationError

if TYPE_CHECKING:  # programs without hooks do not need them
    from kubex.client._observers import Observer
    from kubex.client._write_hook import WriteHook

KUBEX_BUFFER_SIZE = 2**21
KUBEX_WS_MAX_MESSAGE_SIZE = 2**21

FIELD_MANAGER_LENGTH = 128
"""The maximum that API servers accept, in characters."""


@hide_arguments
@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """The behaviour of a client. `...` selects the default of Kubex or of the HTTP library.

    timeout: `...` uses the HTTP library's default (httpx and httpx2: 5 s for each phase; aiohttp: 300 s in total,
        30 s to connect); `None` disables timeouts; a number is the total in seconds; or pass a `Timeout`.
        `request_timeout=` of a call overrides it.
    log_api_warnings: issue an `ApiWarning` (a `UserWarning`) for each `Warning` header of the server.
    proxy: the URL of an HTTP or SOCKS5 proxy, which may contain user and password; or a dict with such URLs for the
        server's scheme (`http`, `https`). It overrides `proxy-url` of the kubeconfig.
    keep_alive: False closes each connection after use.
    keep_alive_timeout: how long an idle connection is kept, in seconds; `...` uses the library's default (httpx and
        httpx2 5, aiohttp 15); `None` keeps it indefinitely.
    buffer_size: size of the read buffer in bytes; `...` is 2**21; `None` uses the library's default.
    ws_max_message_size: maximum size of a WebSocket message in bytes; `...` is 2**21; `None` removes the limit.
    pool_size: maximum number of connections for plain requests; `...` uses the library's default (100); `None` removes
        the limit. Streams use additional connections.
    pool_size_per_host: the same for one host; `...` uses the library's default (unlimited); `None` removes the limit.
    trust_env: use `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and the netrc file for the proxy's password.
    retry: when requests are sent again; `None` disables retries.
    verify_x509_strict: verify server certificates strictly by RFC 5280 (`ssl.VERIFY_X509_STRICT`); `...` uses Python's
        default, which is True since 3.13. False accepts certificates without a key identifier, like kubectl.
    user_agent: the `User-Agent` header; the part before the first `/` is the server's default field manager. `None`
        uses `kubex/VERSION`.
    field_manager: the field manager of writes that do not pass one. Server-side apply requires one.
    pause_gc: pause the garbage collector of the process while a page of a list is decoded eagerly.
    http2: let plain requests to an https server share an HTTP/2 connection; httpx and httpx2 only, with an extra.
    observers: objects that see each attempt of each request, for tracing and metrics; see `Observer`.
    on_write: an object that is called before and after each write, and can refuse it; see `WriteHook`.
    max_compression_ratio: the maximum ratio of a body's size to its compressed size, for bodies of more than 64 MiB.
        Lists of Pods have about 25. `None` removes the limit.

    Raises ConfigurationError, which names the field, for invalid values.
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
    observers: "Sequence[Observer]" = ()
    on_write: "WriteHook | None" = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "timeout", coerce_timeout(self.timeout, field="ClientOptions.timeout"))
        for name in ("log_api_warnings", "keep_alive", "trust_env", "http2", "pause_gc"):
            if not isinstance(getattr(self, name), bool):
                raise _invalid(name, "True or False", getattr(self, name))
        if not isinstance(self.verify_x509_strict, bool | EllipsisType):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _invalid("verify_x509_strict", "..., True or False", self.verify_x509_strict)
        for name in ("buffer_size", "ws_max_message_size", "pool_size", "pool_size_per_host"):
            value = getattr(self, name)
            if value is not None and value is not ... and (not _is_int(value) or value < 1):
                raise _invalid(name, "..., None or an integer above 0", value)
        self._check_keep_alive_timeout()
        if self.max_compression_ratio is not None and not 1 <= self.max_compression_ratio < math.inf:
            raise _invalid("max_compression_ratio", "a number of at least 1, or None", self.max_compression_ratio)
        self._check_proxy()
        self._check_hooks()
        if self.retry is not None and not isinstance(self.retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _invalid("retry", "a RetryPolicy or None", self.retry)
        if self.user_agent is not None and (
            not isinstance(self.user_agent, str)  # pyright: ignore[reportUnnecessaryIsInstance]
            or not self.user_agent.isascii()
            or not self.user_agent.isprintable()
            or not self.user_agent.strip()
        ):
            raise _invalid("user_agent", "printable ASCII text or None", self.user_agent)

        manager = self.field_manager
        if manager is not None and not (0 < len(manager) <= FIELD_MANAGER_LENGTH and manager.isprintable()):
            raise _invalid(
                "field_manager", f"printable text of 1 to {FIELD_MANAGER_LENGTH} characters or None", manager
            )

    def _check_keep_alive_timeout(self) -> None:
        value = self.keep_alive_timeout
        if value is None or isinstance(value, EllipsisType):
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _invalid("keep_alive_timeout", "..., None or a number of seconds, 0 or more", value)

    def _check_hooks(self) -> None:
        if self.observers != ():
            from kubex.client._observers import check_observers

            object.__setattr__(self, "observers", check_observers(self.observers))
        if self.on_write is not None:
            from kubex.client._write_hook import check_write_hook

            check_write_hook(self.on_write)

    def _check_proxy(self) -> None:
        if self.proxy is None:
            return
        if isinstance(self.proxy, str):
            parse_proxy(self.proxy, field="ClientOptions.proxy")
            return
        if not isinstance(self.proxy, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _invalid("proxy", "a URL, a dict of URLs by scheme, or None", type(self.proxy).__name__)
        for scheme, url in self.proxy.items():
            if scheme not in ("http", "https"):
                # The message does not contain the key, which may be a URL with a password.
                raise ConfigurationError(
                    'must be a dict with the keys "http" and "https" only', field="ClientOptions.proxy"
                )
            if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise _invalid("proxy", f"a URL for {scheme!r}", type(url).__name__)
            parse_proxy(url, field=f"ClientOptions.proxy[{scheme!r}]")
        object.__setattr__(self, "proxy", dict(self.proxy))


def default_timeout(options: ClientOptions) -> Timeout | EllipsisType | None:
    """Return the timeout of a client, as a `Timeout` if it is a number."""
    return coerce_timeout(options.timeout, field="ClientOptions.timeout")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _invalid(name: str, expected: str, value: object) -> ConfigurationError:
    return ConfigurationError(f"must be {expected}, not {value!r}", field=f"ClientOptions.{name}")
