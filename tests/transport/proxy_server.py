"""Proxies that stand between a client and its server, as scripts for `serve`."""

import base64
import contextlib
import ipaddress
import select
import socket
import struct
from collections.abc import Callable

from transport.socket_server import SECONDS, Peer

Login = tuple[str, str]


def relay(left: socket.socket, right: socket.socket) -> None:
    """Copy bytes both ways, TLS or not, in one thread, until a side has gone. A full side does not stop the other."""
    other = {left: right, right: left}
    full: set[socket.socket] = set()
    with contextlib.suppress(OSError):
        while True:
            ready = [end for end in other if other[end] not in full and getattr(end, "pending", int)()]
            if not ready:
                ready, writable, _ = select.select([end for end in other if other[end] not in full], full, [], SECONDS)
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
                other[end].shutdown(socket.SHUT_WR)  # to close it at once could reset it, and lose what was sent
                while other[end].recv(65536):
                    pass
                return


class Tunnel:
    """An HTTP proxy that tunnels to 127.0.0.1 whatever the host is, for those who know its password."""

    def __init__(self, login: Login | None = None) -> None:
        self._wanted = None if login is None else "Basic " + base64.b64encode(":".join(login).encode()).decode()

    def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        asked = peer.request()
        if asked is None:
            return
        if self._wanted is not None and asked.header("proxy-authorization") != self._wanted:
            challenge = 'Proxy-Authenticate: Basic realm="here"\r\n'
            peer.answer(b"who are you?", status="407 Proxy Authentication Required", headers=challenge)
            peer.wait_until_closed()
            return
        with socket.create_connection(("127.0.0.1", int(asked.target.rpartition(":")[2])), SECONDS) as server:
            peer.send("HTTP/1.1 200 Connection established\r\n\r\n")
            relay(peer.socket, server)


class Socks:
    """A SOCKS5 proxy that tunnels to 127.0.0.1; `asked` has the hosts and ports, as they came."""

    def __init__(self, login: Login | None = None, *, reply: int = 0, bytewise: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self.logins: list[Login] = []
        self._login = login
        self._reply = reply
        self._bytewise = bytewise

    def __call__(self, peer: Peer) -> None:
        """Serve one connection."""
        if not peer.buffer and not peer.more():
            return
        version, count = peer.exactly(2)
        assert version == 5
        method = 0 if self._login is None else 2
        if method not in peer.exactly(count):
            self._send(peer, b"\x05\xff")
            peer.wait_until_closed()
            return
        self._send(peer, bytes([5, method]))
        if self._login is not None and not self._checked(peer):
            peer.wait_until_closed()
            return
        host, port = self._target(peer)
        self.asked.append((host, port))
        if self._reply:
            self._send(peer, bytes([5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0]))
            peer.wait_until_closed()
            return
        with socket.create_connection(("127.0.0.1", port), SECONDS) as server:
            self._send(peer, b"\x05\x00\x00\x01\x7f\x00\x00\x01" + struct.pack("!H", port))
            relay(peer.socket, server)

    def _send(self, peer: Peer, data: bytes) -> None:
        if not self._bytewise:
            peer.send(data)
            return
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data:
            peer.send(bytes([byte]))

    def _checked(self, peer: Peer) -> bool:
        assert peer.exactly(1) == b"\x01"
        user = peer.exactly(peer.exactly(1)[0]).decode()
        password = peer.exactly(peer.exactly(1)[0]).decode()
        self.logins.append((user, password))
        known = (user, password) == self._login
        self._send(peer, b"\x01\x00" if known else b"\x01\x01")
        return known

    def _target(self, peer: Peer) -> tuple[str, int]:
        version, command, reserved, kind = peer.exactly(4)
        assert (version, command, reserved) == (5, 1, 0)
        read: dict[int, Callable[[], str]] = {
            1: lambda: str(ipaddress.IPv4Address(peer.exactly(4))),
            3: lambda: peer.exactly(peer.exactly(1)[0]).decode(),
            4: lambda: str(ipaddress.IPv6Address(peer.exactly(16))),
        }
        host = read[kind]()
        (port,) = struct.unpack("!H", peer.exactly(2))
        return f"name {host}" if kind == 3 else host, port


def hang(peer: Peer) -> None:
    """Say nothing at all."""
    peer.wait_until_closed()


def hang_up(peer: Peer) -> None:
    """Read something, and go."""
    peer.more()
