"""Servers and connections of the measured process."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from kubex_testing.embedded import EmbeddedServer

PATH = "/api/v1/namespaces/default/configmaps"
SERVER_THREAD = "kubex-embedded-api"


class Server:
    """A running server with its CPU clock, and one connection to it."""

    def __init__(self, server: EmbeddedServer) -> None:
        before = set(threading.enumerate())
        handle = server.start()
        started = [item for item in threading.enumerate() if item not in before and item.name == SERVER_THREAD]
        self._clock = time.pthread_getcpuclockid(started[0].ident or 0)
        self.embedded = server
        self.address = (str(urlsplit(handle.url).hostname), urlsplit(handle.url).port or 0)
        self.headers = {"Authorization": f"Bearer {handle.token}", "Accept": "application/json"}
        self._connection = http.client.HTTPConnection(*self.address)

    def cpu(self) -> float:
        """Return the CPU seconds of the thread of the server."""
        return time.clock_gettime(self._clock)

    def cpu_of(self, work: Callable[[], object], times: int) -> float:
        """Run a function several times, and return the CPU seconds that the server needs for one run."""
        work()
        before = self.cpu()
        for _ in range(times):
            work()
        return (self.cpu() - before) / times

    def get(self, target: str) -> bytes:
        """Send a GET request, and return the body of the response."""
        self._connection.request("GET", target, headers=self.headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"GET {target}: status {response.status}: {body[:200]!r}")
        return body

    def page(self, token: str = "", limit: int = 500) -> tuple[bytes, str]:
        """Return one page of ConfigMaps and its continue token."""
        body = self.get(f"{PATH}?limit={limit}" + (f"&continue={token}" if token else ""))
        metadata: dict[str, Any] = json.loads(body)["metadata"]
        return body, metadata.get("continue", "")

    @property
    def open_watches(self) -> int:
        """The number of open watches."""
        return self.embedded.open_watches

    def change(self, number: int) -> None:
        """Write the object that the watches follow."""
        self.embedded.load(small_objects(1, version=number))

    def watch(self) -> socket.socket:
        """Open a watch, and return its connection."""
        connection = socket.create_connection(self.address)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        connection.sendall(f"GET {PATH}?watch=1&resourceVersion={self.embedded.revision} HTTP/1.1\r\n".encode())
        connection.sendall(f"Host: localhost\r\n{head}\r\n".encode())
        return connection


@contextmanager
def run_server() -> Generator[Server, None, None]:
    """Run a server without TLS."""
    server = EmbeddedServer(tls=False)
    try:
        yield Server(server)
    finally:
        server.stop()


def small_objects(count: int, version: int = 0) -> Iterator[dict[str, Any]]:
    """Return ConfigMaps of about 400 bytes, as a controller writes them."""
    for number in range(count):
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"settings-{number:06}",
                "labels": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/part-of": f"team-{number % 50}"},
                "annotations": {"example.com/checksum": f"{number:032x}"},
            },
            "data": {"color": "blue", "version": str(version), "endpoint": f"https://shop-{number}.example.com/api"},
        }
