"""`Client`: sends requests with credentials, retries, timeouts and warnings, and raises errors of the API."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import urlsplit

import anyio.to_thread
from typing_extensions import Self

from kubex.client._event_loop import EventLoopGuard
from kubex.client._fetch import BackendFetch
from kubex.client._options import ClientOptions, default_timeout
from kubex.client._proxy import load_proxy_credentials, select_proxy
from kubex.client._request_builder import RequestBuilder, build_request, user_agent
from kubex.client._sender import (
    RequestSender,
    ResponseHead,
    discard_nothing,
    discard_stream,
    open_stream,
    send_plain,
    with_deadline,
)
from kubex.client._stream import ByteStream, OpenStream
from kubex.client._timeouts import CallTimeout, Resolved, Timeouts
from kubex.client._tls import build_ssl_context, is_strict, tls_settings
from kubex.client._tls_config import TLSConfig, TLSConfigLoader
from kubex.client._transport_config import (
    check_supported,
    create_transport,
    resolve_config,
    warn_ignored,
    warn_ignored_timeout,
    warn_insecure,
)
from kubex.client._transport_pool import TransportPool
from kubex.client._websocket import OpenedWebSocket, RefusedUpgrade, WebSocketOpener, discard_websocket
from kubex.configuration import ClientConfiguration, credentials_for
from kubex.core._api_errors import error_from_response
from kubex.core._error_handling import keep_error
from kubex.core._http import JSON, Request, Response
from kubex.core._urls import Query
from kubex.core._warnings import raise_with_warnings, warn_result
from kubex.core._wrong_content import error_for_content
from kubex.core.params import Timeout, TimeoutTypes, coerce_timeout
from kubex.errors import BackendError, ClientClosedError, DecodeError, KubexError, TLSError
from kubex.models._errors import decode
from kubex.transport import Backend, StreamResponse, Transport
from kubex.transport._tls_errors import SERVER_USES_TLS

if TYPE_CHECKING:
    from kubex.client._hooks import RequestHooks
    from kubex.models import VersionInfo

R = TypeVar("R")

# The maximum size of the error body of a stream that is read, in bytes.
_MAX_ERROR_BODY = 2**20

# The body with which Go's HTTP server rejects plain HTTP on a port for TLS; its status is 400.
BAD_REQUEST = 400
PLAIN_HTTP_REFUSED = b"Client sent an HTTP request to an HTTPS server."


class Client:
    """A client for one API server. Create it with `create_client()`, and share it between tasks.

    It belongs to the event loop on which it is first used. Connections are opened when they are needed.
    """

    def __init__(
        self, configuration: ClientConfiguration, options: ClientOptions | None = None, *, backend: Backend
    ) -> None:
        self._configuration = configuration
        self._options = options if options is not None else ClientOptions()
        self._backend = backend
        self._closed = False
        self._loop = EventLoopGuard(backend.name, backend.runtimes)
        self._timeouts = Timeouts(default_timeout(self._options), backend.defaults.timeout)
        self._proxy = select_proxy(self._options.proxy, configuration, trust_env=self._options.trust_env)
        check_supported(self._options, configuration, backend, self._proxy)
        credentials = credentials_for(configuration, fetch=BackendFetch(backend, self._options))
        tls = TLSConfigLoader(configuration)
        builder = RequestBuilder(configuration.url, self._options.user_agent or user_agent(backend.name))
        self._pool = TransportPool(self._open_transport)
        policy = self._options.retry
        # A proxy forwards requests to http servers, so its 407 is the response. For https servers, the backend opens a
        # tunnel and raises ProxyError.
        is_forwarded = (
            urlsplit(configuration.url).scheme == "http" and self._proxy is not None and not self._proxy.is_socks
        )
        forwarding_proxy = self._proxy if is_forwarded else None
        self._hooks = hooks = _make_hooks(self._options, configuration, backend)
        self._plain = RequestSender(
            self._pool, tls, builder, credentials, policy, forwarding_proxy=forwarding_proxy, hooks=hooks,
            send=send_plain, discard=discard_nothing, compressed=not configuration.disable_compression,
            dedicated=False,
        )  # fmt: skip
        self._streams = RequestSender(
            self._pool, tls, builder, credentials, policy, forwarding_proxy=forwarding_proxy, hooks=hooks,
            send=open_stream, discard=discard_stream, compressed=False, dedicated=True,
        )  # fmt: skip
        self._websockets: Callable[[tuple[str, ...]], RequestSender[OpenedWebSocket | RefusedUpgrade]]
        self._websockets = lambda subprotocols: RequestSender(
            self._pool, tls, builder, credentials, policy, forwarding_proxy=forwarding_proxy, hooks=hooks,
            send=WebSocketOpener(subprotocols).open, discard=discard_websocket, compressed=False, dedicated=True,
        )  # fmt: skip
        warn_ignored(self._options, configuration, backend)
        warn_insecure(configuration)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._configuration.url} on {self._backend.name}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client cannot be pickled or copied, because its connections belong to one process and one event loop: "
            "pass its configuration and call create_client() in each process and in each event loop"
        )

    @property
    def configuration(self) -> ClientConfiguration:
        """The configuration: the server and the credentials."""
        return self._configuration

    @property
    def options(self) -> ClientOptions:
        """The options of this client."""
        return self._options

    @property
    def backend(self) -> Backend:
        """The HTTP backend of this client."""
        return self._backend

    async def __aenter__(self) -> Self:
        self._check()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with keep_error(error):
            await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. Open streams then raise ConnectionLost. A second call does nothing."""
        self._loop.check_close()
        self._closed = True
        with anyio.CancelScope(shield=True):  # a cancelled task must close its connections, too
            await self._pool.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: object = ...,
        body: bytes | None = None,
        content_type: str = JSON,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        accept_status: Collection[int] = (),
        request_timeout: TimeoutTypes = ...,
    ) -> Response:
        """Send a request to any path, and return the complete response.

        Authentication, retries, warnings and errors are the same as for the verbs of `Api`.

        Args:
            method: the HTTP method, in upper or lower case.
            path: the path, which starts with `/` and is percent-encoded, without the query.
            query: the query parameters. None omits a parameter, a list repeats it, and booleans are sent as `true` and
                `false`.
            json: a model or plain values; the body is their JSON.
            body: the body as bytes, of the media type `content_type`. Pass either `json` or `body`.
            content_type: the media type of the body.
            accept: the media type that the response must have.
            headers: additional headers, which replace headers of Kubex with the same name.
            accept_status: statuses from 300 to 599 that are not errors, such as `(304,)` for a conditional request. A
                response with such a status is returned, and the request is not sent again.
            request_timeout: the time limits, as a number of seconds in total or a `Timeout`. `None` disables them.
                `...` is the default of the client.

        Raises:
            ApiError: the status is 300 or higher, and not in `accept_status`. The subclass depends on the status.
            ConfigurationError: an argument is invalid. The request is not sent.
            TransportError: there is no response.

        Example:
            response = await client.request("GET", "/readyz", query={"verbose": True}, accept="text/plain")
            print(response.body.decode())
        """
        request = build_request(
            method, path, query=query, json=json, body=body, content_type=content_type, accept=accept, headers=headers,
            timeout=self._resolve_timeout(request_timeout), accept_status=accept_status,
        )  # fmt: skip
        return await self._call(request, _identity)

    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: object = ...,
        body: bytes | None = None,
        content_type: str = JSON,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> ByteStream:
        """Open a streamed response of any path: `async with client.stream("GET", path) as stream`.

        The request is sent when the block is entered, which also raises its errors. The arguments and errors are those
        of `request()`. Streams do not count for `ClientOptions.pool_size`.

        Args:
            request_timeout: by default there is no time limit for reading, only for the response headers. A total
                limits the time until the end of the stream.

        Example:
            async with client.stream("GET", "/metrics") as stream:
                async for line in stream.text():
                    print(line)
        """
        request = build_request(
            method, path, query=query, json=json, body=body, content_type=content_type, accept=accept, headers=headers,
            timeout=self._resolve_timeout(request_timeout),
        )  # fmt: skip
        return self._open(request)

    async def version(self, *, request_timeout: TimeoutTypes = ...) -> "VersionInfo":
        """Return the version of the API server.

        Example:
            version = await client.version()
            print(version.git_version)
        """
        from kubex.models import VersionInfo

        request = Request(method="GET", path="/version", timeout=self._resolve_timeout(request_timeout))
        return await self._call(request, lambda response: decode(VersionInfo, response.body, "VersionInfo"))

    async def _call(self, request: Request, decode: Callable[[Response], R]) -> R:
        """Send a request, decode the response and issue its warnings; raises an ApiError for an error status."""
        self._check()
        timeout = self._timeouts.plain(request.timeout)
        response = await with_deadline(timeout.total, request, self._plain.run(request, timeout.limits))
        warnings = response.headers.warnings() if self._options.log_api_warnings else ()
        if response.status >= 300 and response.status not in request.accept_status:
            raise_with_warnings(self._error_for(request, response, response.body), warnings)
        if self._hooks is not None and response.status < 300:
            self._hooks.after_write(request, response)
        try:
            result = decode(response)
        except DecodeError as error:
            content_error = error_for_content(
                error, response.body, response.headers, method=request.method, path=request.path
            )
            raise_with_warnings(content_error, warnings)
        if warnings:
            warn_result(warnings, result)
        return result

    def _open(
        self, request: Request, *, idle: float | None = None, block: str = "client.stream(...) as stream"
    ) -> ByteStream:
        """Return the stream of a request. `idle` is its read timeout in seconds if the call does not set one."""
        timeout = self._timeouts.stream(request.timeout, idle=idle)
        open_response = partial(self._open_stream, request, timeout)
        return ByteStream(
            open_response, total=timeout.stream_total, method_and_path=(request.method, request.path), block=block
        )

    def _resolve_timeout(self, timeout: TimeoutTypes) -> Resolved:
        """Check the timeout of a call, and warn about phases that this backend ignores."""
        resolved = coerce_timeout(timeout, field="request_timeout")
        if isinstance(resolved, Timeout):
            warn_ignored_timeout(resolved, self._configuration, self._backend)
        return resolved

    async def _open_stream(self, request: Request, timeout: CallTimeout) -> OpenStream:
        self._check()
        opened, error_body = await with_deadline(timeout.total, request, self._open_response(request, timeout))
        warnings = opened.headers.warnings() if self._options.log_api_warnings else ()
        if error_body is not None:
            raise_with_warnings(self._error_for(request, opened, error_body), warnings)
        try:
            warn_result(warnings, None)
        except BaseException:
            await opened.close()
            raise
        return opened

    async def _open_response(self, request: Request, timeout: CallTimeout) -> tuple[OpenStream, bytes | None]:
        opened = await self._streams.run(request, timeout.limits)
        if opened.status < 300:
            return opened, None
        try:
            return opened, await _read_error_body(opened.response)
        finally:
            await opened.close()

    async def _open_websocket(self, request: Request, subprotocols: tuple[str, ...]) -> OpenedWebSocket:
        """Open a WebSocket. A refused upgrade raises the same ApiError as a plain request."""
        if (hint := self._backend.websocket()) is not None:
            raise BackendError(self._backend.name, f"cannot open WebSockets: {hint}")
        self._check()
        timeout = self._timeouts.stream(request.timeout)
        total = timeout.stream_total
        deadline = None if total is None else anyio.current_time() + total
        sender = self._websockets(subprotocols)
        opened = await with_deadline(timeout.total, request, sender.run(request, timeout.limits))
        warnings = opened.headers.warnings() if self._options.log_api_warnings else ()
        if isinstance(opened, RefusedUpgrade):
            raise_with_warnings(self._error_for(request, opened, opened.error.body), warnings)
        opened.deadline, opened.idle = deadline, timeout.limits.read
        try:
            warn_result(warnings, None)
        except BaseException as error:
            await opened.close(error)
            raise
        return opened

    def _error_for(self, request: Request, response: ResponseHead, body: bytes) -> KubexError:
        if response.status == BAD_REQUEST and body.rstrip() == PLAIN_HTTP_REFUSED:
            return TLSError(SERVER_USES_TLS, request.method, self._configuration.url)
        return error_from_response(response.status, response.headers, body, method=request.method, path=request.path)

    async def _open_transport(self, tls_config: TLSConfig) -> Transport:
        context = tls = None
        strict = is_strict(self._options.verify_x509_strict)
        if urlsplit(self._configuration.url).scheme == "https":
            build = partial(build_ssl_context, self._configuration, tls_config, strict=strict)
            context = await anyio.to_thread.run_sync(build)
            tls = tls_settings(self._configuration, tls_config, strict=strict)
        proxy, proxy_context, proxy_tls = await load_proxy_credentials(
            self._proxy, trust_env=self._options.trust_env, authorities=tls_config.authorities, strict=strict
        )
        config = resolve_config(
            self._options, self._backend,
            ssl_context=context, tls=tls, proxy=proxy, proxy_ssl_context=proxy_context, proxy_tls=proxy_tls,
        )  # fmt: skip
        return create_transport(self._backend, config)

    def _check(self) -> None:
        if self._closed:
            raise ClientClosedError
        self._loop.check()


def _make_hooks(options: ClientOptions, configuration: ClientConfiguration, backend: Backend) -> "RequestHooks | None":
    if not options.observers and options.on_write is None:
        return None
    from kubex.client._hooks import RequestHooks

    return RequestHooks(options, server=configuration.url, backend=backend.name)


async def _read_error_body(response: StreamResponse) -> bytes:
    body = b""
    while len(body) < _MAX_ERROR_BODY and (chunk := await response.receive()):
        body += chunk
    return body


def _identity(response: Response) -> Response:
    return response


# The verbs in `kubex.api` use these functions. They are not public methods, because users do not build a `Request`.


def send_request(client: Client, request: Request, decode: Callable[[Response], R]) -> Awaitable[R]:
    """Send a request, and decode the response with `decode`."""
    return client._call(request, decode)  # pyright: ignore[reportPrivateUsage]


def open_byte_stream(client: Client, request: Request, *, block: str, idle: float | None = None) -> ByteStream:
    """Return the stream of a request. `idle` is its read timeout in seconds, `block` its `async with` for errors."""
    return client._open(request, idle=idle, block=block)  # pyright: ignore[reportPrivateUsage]


def open_websocket(client: Client, request: Request, subprotocols: tuple[str, ...]) -> Awaitable[OpenedWebSocket]:
    """Open a WebSocket; see `Client._open_websocket`."""
    return client._open_websocket(request, subprotocols)  # pyright: ignore[reportPrivateUsage]


def resolve_timeout(client: Client, timeout: TimeoutTypes) -> Resolved:
    """Check the timeout of a call."""
    return client._resolve_timeout(timeout)  # pyright: ignore[reportPrivateUsage]
