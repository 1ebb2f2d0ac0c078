"""The connector for SOCKS proxies; importing it imports python-socks."""

import asyncio
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.tracing import Trace
from python_socks import ProxyType
from python_socks.async_.asyncio import Proxy as SocksProxy
from typing_extensions import override

from kubex.transport import Proxy, TransportConfig
from kubex_aiohttp._connector import Connector

# In seconds: python-socks replaces None by 60. The limit of the request is applied outside.
_NO_LIMIT = 86400.0


class SocksConnector(Connector):
    """A connector for connections through a SOCKS proxy, which also resolves names."""

    def __init__(self, config: TransportConfig, proxy: Proxy, **settings: Any) -> None:
        super().__init__(**settings)
        self._tls = config.ssl_context
        self._proxy = SocksProxy(
            proxy_type=ProxyType.SOCKS5,
            host=proxy.host,
            port=proxy.port or 0,
            username=proxy.username,
            password=proxy.password,
            rdns=True,
        )

    # aiohttp's base class raises NotImplementedError, so a request never bypasses the proxy if this is renamed.
    @override
    async def _create_connection(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> ResponseHandler:
        url = req.url
        host, port = url.raw_host or "", url.port or 0
        made = self._keep(await self._proxy.connect(host, port, timeout=_NO_LIMIT))
        loop = asyncio.get_running_loop()
        tls, name = (self._tls, host) if url.scheme == "https" else (None, None)
        _, handler = await loop.create_connection(
            partial(ResponseHandler, loop), sock=made, ssl=tls, server_hostname=name
        )
        return handler
