"""The connector of aiohttp for SOCKS proxies; importing it imports aiohttp-socks."""

import asyncio
import ssl as tls
from typing import Any

from aiohttp.client_proto import ResponseHandler
from aiohttp_socks import ProxyConnector
from typing_extensions import override

from kubex.transport import TCP_KEEP_ALIVE, Proxy
from kubex_aiohttp._connector import WaitingConnector

# In seconds: python-socks takes 60 if it is given none.
_NO_LIMIT = 86400.0


class _TLSHandler(ResponseHandler):
    """The protocol above TLS; it holds on to the one below, whose stream would close the connection when collected."""

    below: ResponseHandler


class SocksConnector(WaitingConnector, ProxyConnector):
    """Connects by way of a SOCKS proxy, which also resolves names."""

    def __init__(self, proxy: Proxy, **settings: Any) -> None:
        super().__init__(
            host=proxy.host,
            port=proxy.port or 0,
            username=proxy.username,
            password=proxy.password,
            rdns=True,
            **settings,
        )

    @override
    async def _connect_via_proxy(
        self, host: str, port: int, ssl: tls.SSLContext | None = None, timeout: float | None = None
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        limit = _NO_LIMIT if timeout is None else timeout
        # TLS is not left to python-socks: on Python 3.10 it waits for ever after a handshake that failed.
        transport, below = await super()._connect_via_proxy(host, port, None, limit)
        connected = transport.get_extra_info("socket")
        for option in TCP_KEEP_ALIVE:
            connected.setsockopt(*option)
        if ssl is None:
            return transport, below
        handler = _TLSHandler(self._loop)
        handler.below = below
        try:
            secured = await self._loop.start_tls(transport, handler, ssl, server_hostname=host)
        except BaseException:
            transport.abort()
            raise
        if secured is None:
            raise ConnectionResetError("the connection was closed in the TLS handshake")
        handler.connection_made(secured)
        return secured, handler
