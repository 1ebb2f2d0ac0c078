"""HTTP and SOCKS proxies, as connection handlers for `start_server`."""

import base64
import contextlib
import ipaddress
import select
import socket
import struct
import threading
from collections.abc import Callable
from typing import TypeAlias

from kubex_testing.compliance.servers._socket_server import WAIT_TIMEOUT, ServerConnection

UserPassword: TypeAlias = tuple[str, str]
"""A user name and a password."""


def http_proxy(connection: ServerConnection) -> None:
    """Forward a plain request, or open a tunnel for CONNECT. It always connects to 127.0.0.1."""
    request = connection.read_request()
    if request is None:
        return
    port = (request.target if request.method == "CONNECT" else request.target.split("/")[2]).rpartition(":")[2]
    with socket.create_connection(("127.0.0.1", int(port)), WAIT_TIMEOUT) as upstream:
        if request.method == "CONNECT":
            connection.send("HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = "/" + "/".join(request.target.split("/")[3:])
            forwarded = [field for field in request.headers if not field[0].lower().startswith("proxy-")]
            head = "".join(f"{name}: {value}\r\n" for name, value in forwarded)
            upstream.sendall(f"{request.method} {path} HTTP/1.1\r\n{head}\r\n".encode() + request.body)
        to_server = threading.Thread(target=copy_until_closed, args=(connection.socket, upstream), daemon=True)
        to_server.start()
        copy_until_closed(upstream, connection.socket)
        to_server.join(WAIT_TIMEOUT)


def copy_until_closed(source: socket.socket, target: socket.socket) -> None:
    """Copy data until one side is closed, then shut both down."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def relay(left: socket.socket, right: socket.socket) -> None:
    """Copy data in both directions in one thread, until one side is closed. The sockets may use TLS.

    If the send buffer of one side is full, the other direction continues.
    """
    other = {left: right, right: left}
    full: set[socket.socket] = set()
    with contextlib.suppress(OSError):
        while True:
            ready = [end for end in other if other[end] not in full and getattr(end, "pending", int)()]
            if not ready:
                sources = [end for end in other if other[end] not in full]
                ready, writable, _ = select.select(sources, full, [], WAIT_TIMEOUT)
                full.difference_update(writable)
                if not ready and not writable:
                    return
            for end in ready:
                if not select.select([], [other[end]], [], 0)[1]:
                    full.add(other[end])
                    continue
                if data := end.recv(65536):
                    other[end].sendall(data)
                    continue
                other[end].shutdown(socket.SHUT_WR)  # close() could reset the connection, and sent data would be lost
                while other[end].recv(65536):
                    pass
                return


class TunnelProxy:
    """An HTTP proxy for CONNECT requests. It always connects to 127.0.0.1 and ignores the requested host.

    With `credentials`, it requires this user name and password.
    """

    def __init__(self, credentials: UserPassword | None = None) -> None:
        self._authorization = (
            None if credentials is None else "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
        )

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        request = connection.read_request()
        if request is None:
            return
        if self._authorization is not None and request.header("proxy-authorization") != self._authorization:
            challenge = 'Proxy-Authenticate: Basic realm="here"\r\n'
            connection.respond(b"who are you?", status="407 Proxy Authentication Required", headers=challenge)
            connection.wait_until_closed()
            return
        address = ("127.0.0.1", int(request.target.rpartition(":")[2]))
        with socket.create_connection(address, WAIT_TIMEOUT) as server:
            connection.send("HTTP/1.1 200 Connection established\r\n\r\n")
            relay(connection.socket, server)


class SocksProxy:
    """A SOCKS5 proxy. It always connects to 127.0.0.1 and ignores the requested host.

    `targets` contains the requested hosts and ports, and `received_credentials` the user names and passwords. With
    `credentials`, the proxy requires this user name and password. `reply` is the reply code of RFC 1928; 0 is success.
    With `bytewise`, the proxy sends each byte separately.
    """

    def __init__(self, credentials: UserPassword | None = None, *, reply: int = 0, bytewise: bool = False) -> None:
        self.targets: list[tuple[str, int]] = []
        self.received_credentials: list[UserPassword] = []
        self._credentials = credentials
        self._reply = reply
        self._bytewise = bytewise

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        if not connection.buffer and not connection.read_more():
            return
        version, count = connection.read_exactly(2)
        assert version == 5
        method = 0 if self._credentials is None else 2
        if method not in connection.read_exactly(count):
            self._send(connection, b"\x05\xff")
            connection.wait_until_closed()
            return
        self._send(connection, bytes([5, method]))
        if self._credentials is not None and not self._authenticate(connection):
            connection.wait_until_closed()
            return
        host, port = self._read_target(connection)
        self.targets.append((host, port))
        if self._reply:
            self._send(connection, bytes([5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0]))
            connection.wait_until_closed()
            return
        with socket.create_connection(("127.0.0.1", port), WAIT_TIMEOUT) as server:
            self._send(connection, b"\x05\x00\x00\x01\x7f\x00\x00\x01" + struct.pack("!H", port))
            relay(connection.socket, server)

    def _send(self, connection: ServerConnection, data: bytes) -> None:
        if not self._bytewise:
            connection.send(data)
            return
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            connection.send(bytes([byte]))

    def _authenticate(self, connection: ServerConnection) -> bool:
        """Read the user name and the password (RFC 1929), and return whether they are correct."""
        assert connection.read_exactly(1) == b"\x01"
        user = connection.read_exactly(connection.read_exactly(1)[0]).decode()
        password = connection.read_exactly(connection.read_exactly(1)[0]).decode()
        self.received_credentials.append((user, password))
        accepted = (user, password) == self._credentials
        self._send(connection, b"\x01\x00" if accepted else b"\x01\x01")
        return accepted

    def _read_target(self, connection: ServerConnection) -> tuple[str, int]:
        """Read the requested address; a host name has the prefix `name `, so that it differs from an IP address."""
        version, command, reserved, address_type = connection.read_exactly(4)
        assert (version, command, reserved) == (5, 1, 0)
        readers: dict[int, Callable[[], str]] = {
            1: lambda: str(ipaddress.IPv4Address(connection.read_exactly(4))),
            3: lambda: connection.read_exactly(connection.read_exactly(1)[0]).decode(),
            4: lambda: str(ipaddress.IPv6Address(connection.read_exactly(16))),
        }
        host = readers[address_type]()
        (port,) = struct.unpack("!H", connection.read_exactly(2))
        return f"name {host}" if address_type == 3 else host, port


def never_respond(connection: ServerConnection) -> None:
    """Read until the client closes the connection."""
    connection.wait_until_closed()


def close_after_first_bytes(connection: ServerConnection) -> None:
    """Read once, then close the connection."""
    connection.read_more()
