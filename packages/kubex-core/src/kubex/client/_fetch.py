"""Requests to identity providers, with the backend of the client."""

from functools import partial
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from kubex.client._options import ClientOptions
from kubex.client._proxy import load_proxy_credentials, select_proxy
from kubex.client._request_builder import user_agent
from kubex.client._tls import build_fetch_context, is_strict
from kubex.client._transport_config import check_proxy, create_transport
from kubex.configuration import ClientConfiguration
from kubex.core._urls import lowercase_scheme
from kubex.credentials import FetchRequest, FetchResponse
from kubex.errors import TransportError
from kubex.transport import Backend, PreparedRequest, StreamResponse, Transport, TransportConfig

MAX_BODY_SIZE = 2**20
"""The maximum size of a response body in bytes."""


class BackendFetch:
    """Sends each request on a new connection. Requests are rare, and each can have another authority and proxy.

    It uses the options `trust_env`, `user_agent` and `verify_x509_strict`, and no others.
    """

    def __init__(self, backend: Backend, options: ClientOptions) -> None:
        self._backend = backend
        self._options = options

    async def __call__(self, request: FetchRequest) -> FetchResponse:
        """Send a request and read the complete response; raises TransportError."""
        transport = await self._open(request)
        prepared = PreparedRequest(
            request.method,
            lowercase_scheme(request.url),
            (
                ("User-Agent", self._options.user_agent or user_agent(self._backend.name)),
                ("Accept-Encoding", "identity"),
                *request.headers,
            ),
            request.body,
        )
        try:
            async with transport.stream(prepared) as response:
                return FetchResponse(status=response.status, body=await _body(response, request))
        finally:
            with anyio.CancelScope(shield=True):
                await transport.aclose()

    async def _open(self, request: FetchRequest) -> Transport:
        parts = urlsplit(request.url)
        context = tls = None
        strict = is_strict(self._options.verify_x509_strict)
        if parts.scheme == "https":
            context, tls = await anyio.to_thread.run_sync(partial(build_fetch_context, request, strict=strict))
        server = ClientConfiguration(url=f"{parts.scheme}://{parts.netloc}")
        trust_env = self._options.trust_env
        proxy = select_proxy(None, server, trust_env=trust_env)
        check_proxy(parts.scheme, self._backend, proxy)
        proxy, proxy_context, proxy_tls = await load_proxy_credentials(
            proxy, trust_env=trust_env, authorities=None, strict=strict
        )
        config = TransportConfig(
            ssl_context=context,
            tls=tls,
            proxy=proxy,
            proxy_ssl_context=proxy_context,
            proxy_tls=proxy_tls,
            buffer_size=self._backend.defaults.buffer_size,
        )
        return create_transport(self._backend, config)


async def _body(response: StreamResponse, request: FetchRequest) -> bytes:
    body = bytearray()
    while chunk := await response.receive():
        body += chunk
        if len(body) > MAX_BODY_SIZE:
            raise TransportError(f"the response is longer than {MAX_BODY_SIZE} bytes", request.method, request.url)
    return bytes(body)
