"""The behaviour of the aiohttp backend if a private API that it uses is missing in aiohttp."""

import pytest
from aiohttp.client_proto import ResponseHandler

import kubex_aiohttp
from kubex.errors import ProxyError, TransportError
from kubex.transport import PreparedRequest, Proxy
from kubex_aiohttp._connector import Connector, SocksConnector
from kubex_testing.compliance import BackendTests
from kubex_testing.compliance.servers import OpenTransport, SocksProxy, StartServer


class TestAiohttpPrivateApis(BackendTests):
    backend = kubex_aiohttp.BACKEND

    async def test_no_request_bypasses_a_socks_proxy_if_create_connection_is_renamed(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(SocksConnector, "_create_connection")
        server, proxy_server = start_server(), start_server(SocksProxy())
        async with open_transport(proxy=Proxy(url=f"socks5://127.0.0.1:{proxy_server.port}")) as transport:
            with pytest.raises(ProxyError):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 0

    @pytest.mark.filterwarnings("ignore:Unclosed connection:ResourceWarning")
    async def test_no_request_is_sent_if_aiohttp_ignores_the_protocol_factory(
        self, open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Connector, "_make_protocol", lambda self: ResponseHandler(self._loop))
        server = start_server()
        async with open_transport() as transport:
            with pytest.raises(TransportError, match="used"):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.requests == []
