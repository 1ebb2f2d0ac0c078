"""How the embedded server starts and stops, and on what it can be used from."""

import contextlib
import gc
import http.client
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import pytest

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import client_context
from kubex_testing.embedded import EmbeddedServer, Identity


def test_it_serves_inside_of_with(make_wire: Any) -> None:
    server = EmbeddedServer()
    with server as handle:
        assert handle.url.startswith("https://127.0.0.1:")
        assert make_wire(handle).request("GET", "/healthz").body == b"ok"
    with pytest.raises(ConnectionRefusedError):
        make_wire(handle, create=False).request("GET", "/healthz")


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.anyio
async def test_it_serves_inside_of_async_with(anyio_backend: str) -> None:
    async with EmbeddedServer(tls=False) as handle:
        host, port = handle.url.removeprefix("http://").split(":")
        async with await anyio.connect_tcp(host, int(port)) as stream:
            await stream.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join([chunk async for chunk in stream])
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nok")


def test_it_can_be_started_again_and_keeps_its_port_and_state(make_wire: Any) -> None:
    server = EmbeddedServer(tls=False)
    with server as handle:
        wire = make_wire(handle)
        wire.create("configmaps", wire.config_map("a"))
    with server as again:
        assert again.url == handle.url
        assert wire.request("GET", wire.path("configmaps", "a")).status == 200


def test_a_second_start_is_refused() -> None:
    server = EmbeddedServer(tls=False)
    with server, pytest.raises(RuntimeError, match="runs already"):
        server.start()


def test_hooks_need_a_running_server() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        EmbeddedServer(tls=False).compact()


def test_stopping_ends_streams_cleanly_and_connections(make_wire: Any) -> None:
    server = EmbeddedServer(tls=False)
    with server as handle:
        wire = make_wire(handle)
        watch = wire.watch(wire.path("configmaps", watch="1", resourceVersion="1"))
        with watch as events:
            idle = socket.create_connection(_address(handle))
            server.stop()
            assert events.rest() == []
            assert idle.recv(1) == b""
            idle.close()


def test_the_handle_says_what_the_server_can_do() -> None:
    with EmbeddedServer(tls=False) as handle:
        assert handle.capabilities == {"api", "gc", "namespace-controller"}
    with EmbeddedServer(tls=False, controllers=()) as handle:
        assert handle.capabilities == {"api"}


def test_a_client_certificate_signs_in(make_wire: Any) -> None:
    with EmbeddedServer() as handle:
        wire = make_wire(handle.as_user("ann", ["devs", "ops"]))
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        info = wire.request("POST", path, {"metadata": {}}).document["status"]["userInfo"]
        assert info == {"username": "ann", "groups": ["devs", "ops", "system:authenticated"]}
        assert make_wire(handle.anonymous(), create=False).request("GET", "/api").status == 403


def test_a_certificate_of_another_authority_is_no_identity() -> None:
    with EmbeddedServer() as first, EmbeddedServer() as second:
        stranger = second.as_user("eve")
        context = _context(first, stranger)
        host = first.url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, context=context)
        with contextlib.closing(connection), pytest.raises(OSError):  # noqa: PT011  # TLS tells in several ways
            _ask(connection)


def _address(handle: ServerHandle) -> tuple[str, int]:
    host, port = handle.url.removeprefix("http://").split(":")
    return host, int(port)


def _ask(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/version")
    connection.getresponse()


def _context(server: ServerHandle, user: ServerHandle) -> ssl.SSLContext:
    from kubex_testing._pki import Identity as TlsIdentity
    from kubex_testing._pki import client_context

    assert server.ca_pem is not None
    assert user.client_cert_pem is not None
    assert user.client_key_pem is not None
    return client_context(server.ca_pem, TlsIdentity(user.client_cert_pem, user.client_key_pem))


def test_further_tokens_are_further_users_and_a_hook_may_refuse(make_wire: Any) -> None:
    asked: list[tuple[str, str, str]] = []

    def authorize(user: Identity, info: Any) -> bool:
        asked.append((user.name, info.verb, info.plural))
        return user.name != "viewer" or info.verb in ("get", "list", "watch")

    server = EmbeddedServer(tls=False, tokens={"t": Identity("viewer", ("readers",))}, authorize=authorize)
    with server as handle:
        wire = make_wire(handle)
        assert wire.request("GET", wire.path("configmaps"), token="t").status == 200
        refused = wire.request("POST", wire.path("configmaps"), wire.config_map("a"), token="t")
        assert (refused.status, refused.reason) == (403, "Forbidden")
        assert ("viewer", "create", "configmaps") in asked


def test_an_error_of_the_server_is_an_answer_and_a_record(make_wire: Any) -> None:
    def broken(user: Identity, info: Any) -> bool:
        raise ZeroDivisionError(user.name, info.verb)

    server = EmbeddedServer(tls=False, authorize=broken)
    with server as handle:
        answer = make_wire(handle, create=False).request("GET", "/api/v1/namespaces")
        assert (answer.status, answer.reason) == (500, "InternalError")
        (failure,) = server.failures
        assert isinstance(failure, ZeroDivisionError)


def test_a_stream_that_fails_breaks_off_and_is_recorded(make_wire: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError

    server = EmbeddedServer(tls=False)
    with server as handle:
        wire = make_wire(handle)
        wire.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x"}]}})
        server.set_pod_log(wire.namespace, "p", "c", chunks)
        with pytest.raises(http.client.IncompleteRead) as error:
            wire.request("GET", wire.path("pods", "p", "log"))
        assert error.value.partial == b"begun"
        assert isinstance(server.failures[0], ZeroDivisionError)


def test_many_clients_are_served_at_once(make_wire: Any) -> None:
    with EmbeddedServer(tls=False) as handle:
        wire = make_wire(handle)
        host = handle.url.removeprefix("http://")
        connections = [http.client.HTTPConnection(host) for _ in range(100)]
        headers = {"Authorization": f"Bearer {handle.token}"}
        for number, connection in enumerate(connections):
            body = json.dumps(wire.config_map(f"c{number}"))
            connection.request("POST", wire.path("configmaps"), body, headers)
        assert {connection.getresponse().status for connection in connections} == {201}
        for connection in connections:
            connection.close()
        assert len(wire.request("GET", wire.path("configmaps")).names) == 100


def _end_by_the_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.unwrap()


def _reset_by_the_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tls.close()


def _end_without_tls_by_the_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.shutdown(socket.SHUT_RDWR)


def _end_by_the_server(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    server.drop_connections()


ENDS = [_end_by_the_client, _reset_by_the_client, _end_without_tls_by_the_client, _end_by_the_server]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/configmaps?watch=1"])
def test_a_tls_connection_that_ended_is_not_open_and_leaves_no_traceback(
    end: Callable[[EmbeddedServer, ssl.SSLSocket], None], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedServer()
    with server as handle:
        address = _tls_address(handle)
        plain = socket.create_connection(address, timeout=10)
        with client_context(handle.ca_pem).wrap_socket(plain, server_hostname=address[0]) as tls:
            tls.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {handle.token}\r\n\r\n".encode())
            assert tls.recv(1) == b"H"
            with contextlib.suppress(OSError):  # how it looks to the client is the matter of the end
                end(server, tls)
                while tls.recv(65536):
                    pass
        server.restart()
        with client_context(handle.ca_pem).wrap_socket(
            socket.create_connection(address, 10), server_hostname=address[0]
        ):
            pass
    gc.collect()
    assert server.open_connections == 0
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def _tls_address(handle: ServerHandle) -> tuple[str, int]:
    host, port = handle.url.removeprefix("https://").split(":")
    return host, int(port)
