"""The behaviour of the httpx backend if a private API that it uses is missing in httpx-ws."""

import sys

import pytest
from httpx_ws import AsyncWebSocketSession

from kubex.errors import BackendError
from kubex_testing.compliance.servers import OpenTransport, StartServer, websocket_request
from support.backend_pairs import BackendPair

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize(
        "pair", [BackendPair("httpx", "asyncio"), BackendPair("httpx", "trio")], indirect=True, ids=str
    ),
]


@pytest.mark.parametrize("name", ["_write_lock", "_ping_manager"])
async def test_no_upgrade_is_sent_if_httpx_ws_renames_an_attribute(
    open_transport: OpenTransport, start_server: StartServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # The setter ignores the assignment in the constructor of httpx-ws.
    monkeypatch.setattr(AsyncWebSocketSession, name, property(lambda _: None, lambda _, __: None), raising=False)
    for module in ("kubex_httpx._websocket", "kubex_httpx._websocket_session"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    server = start_server()
    async with open_transport() as transport:
        with pytest.raises(BackendError, match=f"{name}.*httpx-ws>=0.9"):
            async with transport.websocket(websocket_request(server.url)):
                pass
    assert server.connections == 0
