"""`api.portforward`: connections to ports of pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from kubex.api._endpoint import Endpoint
from kubex.api._options import PortForwardOptions
from kubex.api._port_forward_targets import PortForwardTarget
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import ConfigurationError
from kubex.models.markers import HasPortForward
from kubex.streaming import ErrorCallback, PortListener, PortStream
from kubex.streaming._channels import V4
from kubex.streaming._connection import Connection

P = TypeVar("P", bound=int | str)

_PING_INTERVAL = 30.0
_LARGEST_PORT = 65535


class PortForward:
    """The `portforward` subresource: `api.portforward.forward(name, port)` and `api.portforward.listen(name, ports)`.

    `name` is a pod, `svc/NAME`, `deploy/NAME` or `sts/NAME`. For the latter three, a ready pod is selected for each
    connection. `port` is a number, or the name of a port. For a service, it is a port of the service, and its
    `targetPort` selects the port of the pod.
    See https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/.
    """

    def __init__(self, endpoint: Endpoint[HasPortForward]) -> None:
        self._endpoint = endpoint

    def forward(
        self,
        name: str,
        port: int | str,
        *,
        ping_interval: float | None = _PING_INTERVAL,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> PortStream:
        """Connect to a port: `async with api.portforward.forward(name, port) as stream`.

        The result is an `anyio.abc.ByteStream`. You can also open it with `await` and close it with `aclose()`.
        `ping_interval` is in seconds; None disables pings.

        Raises PortForwardError if nothing listens on the port, ContainerNotRunning, NoReadyPodError if no pod of a
        service, Deployment or StatefulSet is ready, and ConfigurationError for a port that the target does not have.

        Example:
            async with pods.portforward.forward("web-0", 80) as stream:
                await stream.send(b"GET / HTTP/1.0\\r\\n\\r\\n")
                async for data in stream:
                    print(data)
        """
        _check_port(port)
        target = PortForwardTarget(self._endpoint, name, namespace)

        async def connect() -> Connection:
            pod, number = await target.select(port)
            path = self._endpoint.object_path(pod, namespace, "portforward", "portforward")
            query = PortForwardOptions(ports=number).query()
            request = self._endpoint.request("GET", path, request_timeout, query=query, accept="*/*", upgrade=True)
            block = "api.portforward.forward(name, port) as stream"
            connection = Connection(self._endpoint.client, request, (V4,), ping_interval=ping_interval, block=block)
            return await connection.open()

        return PortStream(connect)

    def listen(
        self,
        name: str,
        ports: Mapping[P, int],
        *,
        on_error: ErrorCallback | None = None,
        ping_interval: float | None = _PING_INTERVAL,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> PortListener[P]:
        """Forward local ports on 127.0.0.1: `async with api.portforward.listen(name, {remote: local}) as listener`.

        `ports` maps a port of the target to a local port. 0 selects a free port, which `listener.ports` contains. Each
        local connection has its own connection to a pod. An error closes only its connection; it is passed to
        `on_error`, or logged.

        Raises OSError if a local port is in use.

        Example:
            async with pods.portforward.listen("svc/web", {"http": 0}) as listener:
                print(f"http://127.0.0.1:{listener.ports['http']}")
        """
        if not ports:
            raise ConfigurationError("is empty; pass {remote: local}, such as {8080: 0}", field="ports")
        for remote, local in ports.items():
            _check_port(remote)
            if not _is_port(local, smallest=0):
                raise ConfigurationError(f"has the local port {local}, not one of 0 to {_LARGEST_PORT}", field="ports")
        PortForwardTarget(self._endpoint, name, namespace)  # raises for an invalid name before a local port is opened

        async def connect(remote: P) -> PortStream:
            return await self.forward(
                name, remote, ping_interval=ping_interval, namespace=namespace, request_timeout=request_timeout
            )

        return PortListener(ports, connect, on_error)


def _check_port(port: int | str) -> None:
    if isinstance(port, str):
        if not port or port.isdecimal():
            raise ConfigurationError(f"must be a number or the name of a port, not {port!r}", field="port")
    elif not _is_port(port, smallest=1):
        raise ConfigurationError(f"must be an integer between 1 and {_LARGEST_PORT}, not {port}", field="port")


def _is_port(port: int, *, smallest: int) -> bool:
    return port in range(smallest, _LARGEST_PORT + 1) and not isinstance(port, bool)
