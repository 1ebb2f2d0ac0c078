"""Private names of aiohttp that Kubex uses: what happens if they are gone."""

import pytest
from aiohttp.client_proto import ResponseHandler

from kubex.errors import ProxyError, TransportError
from kubex.transport import PreparedRequest, Proxy
from kubex_aiohttp._connector import Connector, SocksConnector
from support.backend_pairs import BackendPair
from transport.proxy_server import Socks
from transport.socket_server import Open, Serve

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("pair", [BackendPair("aiohttp", "asyncio")], indirect=True, ids=str),
]


async def test_no_request_bypasses_a_socks_proxy_if_aiohttp_renames_the_method_that_connects(
    open_transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(SocksConnector, "_create_connection")
    server, between = serve(), serve(Socks())
    async with open_transport(proxy=Proxy(url=f"socks5://127.0.0.1:{between.port}")) as transport:
        with pytest.raises(ProxyError):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 0


@pytest.mark.filterwarnings("ignore:Unclosed connection:ResourceWarning")
async def test_no_request_is_sent_if_aiohttp_makes_the_protocol_of_a_connection_in_another_way(
    open_transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connector, "_make_handler", lambda self: ResponseHandler(self._loop))
    server = serve()
    async with open_transport() as transport:
        with pytest.raises(TransportError, match="used"):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.seen == []
