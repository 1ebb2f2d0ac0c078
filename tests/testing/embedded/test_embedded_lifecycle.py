"""The start and stop of the embedded server, its handle, and its connections."""

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


def test_server_runs_within_a_with_block(make_client: Any) -> None:
    server = EmbeddedServer()
    with server as handle:
        assert handle.url.startswith("https://127.0.0.1:")
        assert make_client(handle).request("GET", "/healthz").body == b"ok"
    with pytest.raises(ConnectionRefusedError):
        make_client(handle, create=False).request("GET", "/healthz")


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.anyio
async def test_server_runs_within_an_async_with_block(anyio_backend: str) -> None:
    async with EmbeddedServer(tls=False) as handle:
        host, port = handle.url.removeprefix("http://").split(":")
        async with await anyio.connect_tcp(host, int(port)) as stream:
            await stream.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b"".join([chunk async for chunk in stream])
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nok")


def test_server_started_again_keeps_its_port_and_state(make_client: Any) -> None:
    server = EmbeddedServer(tls=False)
    with server as handle:
        client = make_client(handle)
        client.create("configmaps", client.config_map("a"))
    with server as again:
        assert again.url == handle.url
        assert client.request("GET", client.path("configmaps", "a")).status == 200


def test_starting_a_running_server_raises() -> None:
    server = EmbeddedServer(tls=False)
    with server, pytest.raises(RuntimeError, match="already running"):
        server.start()


def test_test_hooks_of_a_stopped_server_raise() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        EmbeddedServer(tls=False).compact()


def test_stop_ends_streams_cleanly_and_closes_connections(make_client: Any) -> None:
    server = EmbeddedServer(tls=False)
    with server as handle:
        client = make_client(handle)
        watch = client.watch(client.path("configmaps", watch="1", resourceVersion="1"))
        with watch as events:
            idle = socket.create_connection(_address(handle))
            server.stop()
            assert events.rest() == []
            assert idle.recv(1) == b""
            idle.close()


def test_handle_lists_the_capabilities_of_the_server() -> None:
    with EmbeddedServer(tls=False) as handle:
        assert handle.capabilities == {"api", "gc", "namespace-controller"}
    with EmbeddedServer(tls=False, controllers=()) as handle:
        assert handle.capabilities == {"api"}


def test_client_certificate_authenticates_the_user(make_client: Any) -> None:
    with EmbeddedServer() as handle:
        client = make_client(handle.as_user("ann", ["devs", "ops"]))
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        info = client.request("POST", path, {"metadata": {}}).document["status"]["userInfo"]
        (credential,) = info.pop("extra")["authentication.kubernetes.io/credential-id"]
        assert credential.startswith("X509SHA256=")
        assert info == {"username": "ann", "groups": ["devs", "ops", "system:authenticated"]}
        assert make_client(handle.anonymous(), create=False).request("GET", "/api").status == 403


def test_certificate_of_another_authority_does_not_authenticate() -> None:
    with EmbeddedServer() as first, EmbeddedServer() as second:
        stranger = second.as_user("eve")
        context = _context(first, stranger)
        host = first.url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, context=context)
        with contextlib.closing(connection), pytest.raises(OSError):  # noqa: PT011  # TLS raises different errors
            _send_request(connection)


def _address(handle: ServerHandle) -> tuple[str, int]:
    host, port = handle.url.removeprefix("http://").split(":")
    return host, int(port)


def _send_request(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/version")
    connection.getresponse()


def _context(server: ServerHandle, user: ServerHandle) -> ssl.SSLContext:
    from kubex_testing._pki import Identity as TlsIdentity
    from kubex_testing._pki import client_context

    assert server.ca_pem is not None
    assert user.client_cert_pem is not None
    assert user.client_key_pem is not None
    return client_context(server.ca_pem, TlsIdentity(user.client_cert_pem, user.client_key_pem))


def test_token_identifies_the_user_that_the_authorize_hook_receives(make_client: Any) -> None:
    asked: list[tuple[str, str, str]] = []

    def authorize(user: Identity, info: Any) -> bool:
        asked.append((user.name, info.verb, info.plural))
        return user.name != "viewer" or info.verb in ("get", "list", "watch")

    server = EmbeddedServer(tls=False, tokens={"t": Identity("viewer", ("readers",))}, authorize=authorize)
    with server as handle:
        client = make_client(handle)
        assert client.request("GET", client.path("configmaps"), token="t").status == 200
        refused = client.request("POST", client.path("configmaps"), client.config_map("a"), token="t")
        assert (refused.status, refused.reason) == (403, "Forbidden")
        assert ("viewer", "create", "configmaps") in asked


def test_internal_error_returns_500_and_is_recorded_in_failures(make_client: Any) -> None:
    def failing_hook(user: Identity, info: Any) -> bool:
        raise ZeroDivisionError(user.name, info.verb)

    server = EmbeddedServer(tls=False, authorize=failing_hook)
    with server as handle:
        answer = make_client(handle, create=False).request("GET", "/api/v1/namespaces")
        assert (answer.status, answer.reason) == (500, "InternalError")
        (failure,) = server.failures
        assert isinstance(failure, ZeroDivisionError)


def test_failing_stream_is_truncated_and_recorded_in_failures(make_client: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError

    server = EmbeddedServer(tls=False)
    with server as handle:
        client = make_client(handle)
        client.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "x"}]}})
        server.set_pod_log(client.namespace, "p", "c", chunks)
        with pytest.raises(http.client.IncompleteRead) as error:
            client.request("GET", client.path("pods", "p", "log"))
        assert error.value.partial == b"begun"
        assert isinstance(server.failures[0], ZeroDivisionError)


def test_hundred_clients_are_served_concurrently(make_client: Any) -> None:
    with EmbeddedServer(tls=False) as handle:
        client = make_client(handle)
        host = handle.url.removeprefix("http://")
        connections = [http.client.HTTPConnection(host) for _ in range(100)]
        headers = {"Authorization": f"Bearer {handle.token}"}
        for number, connection in enumerate(connections):
            body = json.dumps(client.config_map(f"c{number}"))
            connection.request("POST", client.path("configmaps"), body, headers)
        assert {connection.getresponse().status for connection in connections} == {201}
        for connection in connections:
            connection.close()
        assert len(client.request("GET", client.path("configmaps")).names) == 100


def _close_by_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.unwrap()


def _reset_by_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tls.close()


def _close_without_tls_by_client(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    tls.shutdown(socket.SHUT_RDWR)


def _close_by_server(server: EmbeddedServer, tls: ssl.SSLSocket) -> None:
    server.drop_connections()


CONNECTION_ENDS = [_close_by_client, _reset_by_client, _close_without_tls_by_client, _close_by_server]


@pytest.mark.parametrize("end", CONNECTION_ENDS)
@pytest.mark.parametrize("path", ["/healthz", "/api/v1/configmaps?watch=1"])
def test_ended_tls_connection_is_not_counted_as_open_and_logs_no_traceback(
    end: Callable[[EmbeddedServer, ssl.SSLSocket], None], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedServer()
    with server as handle:
        address = _tls_address(handle)
        plain = socket.create_connection(address, timeout=10)
        with client_context(handle.ca_pem).wrap_socket(plain, server_hostname=address[0]) as tls:
            tls.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {handle.token}\r\n\r\n".encode())
            assert tls.recv(1) == b"H"
            with contextlib.suppress(OSError):  # the error of the client depends on how the connection ends
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
