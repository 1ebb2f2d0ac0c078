"""The behaviour of the httpx backends if a private API of the WebSocket session is missing in the library."""

import sys
from importlib import import_module

import pytest

import kubex_httpx
import kubex_httpx2
from kubex.errors import BackendError
from kubex_testing.compliance import BackendTests
from kubex_testing.compliance.servers import OpenTransport, StartServer, websocket_request

# The module with `AsyncWebSocketSession`, and the requirement that the error names.
SESSIONS = {"httpx": ("httpx_ws", "httpx-ws>=0.9"), "httpx2": ("httpx2.websockets", "httpx2>=2.14")}


class PrivateApis(BackendTests):
    @pytest.mark.parametrize("name", ["_write_lock", "_ping_manager"])
    async def test_no_upgrade_is_sent_if_the_library_renames_an_attribute(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        library, requirement = SESSIONS[self.backend.name]
        session = import_module(library).AsyncWebSocketSession
        # The setter ignores the assignment in the constructor of the session.
        monkeypatch.setattr(session, name, property(lambda _: None, lambda _, __: None), raising=False)
        for module in ("_websocket", "_websocket_session"):
            monkeypatch.delitem(sys.modules, f"kubex_{self.backend.name}.{module}", raising=False)
        server = start_server()
        async with open_transport() as transport:
            with pytest.raises(BackendError, match=f"{name}.*{requirement}"):
                async with transport.websocket(websocket_request(server.url)):
                    pass
        assert server.connections == 0


class TestHttpx(PrivateApis):
    backend = kubex_httpx.BACKEND


class TestHttpx2(PrivateApis):
    backend = kubex_httpx2.BACKEND
