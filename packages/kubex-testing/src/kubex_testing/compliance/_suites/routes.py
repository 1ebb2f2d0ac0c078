"""The ways from a transport to a server: directly or through a proxy, with or without TLS."""

import ssl
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import pytest

from kubex.transport import Proxy
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    Server,
    SocksProxy,
    StartServer,
    TunnelProxy,
    http_proxy,
)

# The scheme of the proxy, whether the server uses TLS, and the capability that is required.
ROUTES: dict[str, tuple[str | None, bool, str | None]] = {
    "http": (None, False, None),
    "https": (None, True, None),
    "forwarding proxy": ("http", False, "http_proxies"),
    "tunnel": ("http", True, "http_proxies"),
    "TLS in TLS tunnel": ("https", True, "tls_in_tls"),
    "socks": ("socks5", False, "socks_proxies"),
    "socks with TLS": ("socks5", True, "socks_proxies"),
}


@dataclass
class Route:
    """The settings of a transport, and the servers that `start()` has started."""

    start_server: StartServer
    server_tls: ssl.SSLContext | None
    settings: dict[str, Any]
    servers: list[Server] = field(default_factory=list[Server])

    def start(self, handler: ConnectionHandler) -> Server:
        """Start the server at the end of the route."""
        server: Server = self.start_server(handler, tls=self.server_tls)
        self.servers.append(server)
        return server

    async def wait_for_open_connections(self, count: int) -> bool:
        """Wait until the server and the proxy have this number of open connections."""
        return all([await anyio.to_thread.run_sync(server.wait_for_open_connections, count) for server in self.servers])


class RouteFixtures(BackendTests):
    """Tests with a parameter `route`. Its values are names in `ROUTES`."""

    @pytest.fixture
    def route(
        self,
        request: pytest.FixtureRequest,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> Route:
        """Start the proxy of the route, and return the route."""
        scheme, uses_tls, capability = ROUTES[request.param]
        if capability is not None:
            self.skip_without(capability)
        settings: dict[str, Any] = {"ssl_context": client_tls if uses_tls else None}
        route = Route(start_server, server_tls if uses_tls else None, settings)
        if scheme is not None:
            handler = SocksProxy() if scheme == "socks5" else TunnelProxy() if uses_tls else http_proxy
            proxy_server: Server = start_server(handler, tls=server_tls if scheme == "https" else None)
            route.servers.append(proxy_server)
            settings["proxy"] = Proxy(url=f"{scheme}://{proxy_server.netloc}")
            settings["proxy_ssl_context"] = client_tls if scheme == "https" else None
        return route
