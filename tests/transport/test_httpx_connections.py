"""Connections and logs that only the httpx backends have."""

import logging

import anyio
import anyio.to_thread
import pytest

import kubex_httpx
import kubex_httpx2
from kubex_testing.compliance import BackendTests
from kubex_testing.compliance._suites.handlers import Burst, send_burst
from kubex_testing.compliance._suites.http2_fixtures import HTTP2Fixtures, get
from kubex_testing.compliance.servers import OpenTransport, Server, StartServer


class IdleConnections(BackendTests):
    async def test_at_most_20_connections_stay_idle(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        handler = Burst(30)
        server = start_server(handler)
        async with open_transport() as transport:
            await send_burst(transport, server.url, 30)
            assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 20)
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


class Logs(HTTP2Fixtures):
    @pytest.mark.parametrize("enabled", [False, True])
    async def test_hpack_logs_headers_only_if_its_level_is_set(
        self,
        open_http2: OpenTransport,
        http2_server: Server,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
        enabled: bool,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        monkeypatch.setattr(logging.getLogger("hpack"), "level", logging.NOTSET)
        if enabled:
            logging.getLogger("hpack").setLevel(logging.DEBUG)
        async with open_http2() as transport:
            await transport.request(get(http2_server, "/a"))
        assert any(record.name.startswith("hpack") for record in caplog.records) is enabled


class TestHttpx(IdleConnections, Logs):
    backend = kubex_httpx.BACKEND


class TestHttpx2(IdleConnections, Logs):
    backend = kubex_httpx2.BACKEND
