"""The connector of aiohttp for SOCKS proxies; importing it imports aiohttp-socks."""

import asyncio
import ssl as tls
from typing import Any

from aiohttp.client_proto import ResponseHandler
from aiohttp_socks import ProxyConnector
from typing_extensions import override

from kubex.transport import TCP_KEEP_ALIVE, Proxy

# In seconds: python-socks takes 60 if it is given none.
_NO_LIMIT = 86400.0


class SocksConnector(ProxyConnector):
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
        transport, protocol = await super()._connect_via_proxy(host, port, ssl, limit)
        connected = transport.get_extra_info("socket")
        for option in TCP_KEEP_ALIVE:
            connected.setsockopt(*option)
        return transport, protocol
