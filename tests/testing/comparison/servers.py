"""Start both servers with the custom resources of the comparison."""

import contextlib
import json
import time
from collections.abc import Iterator

from kubex_testing.controlplane import ControlPlane
from kubex_testing.embedded import EmbeddedServer, Identity
from kubex_testing.embedded._request_info import RequestInfo
from testing.comparison.http_session import Server
from testing.comparison.kinds import definitions

USER, GROUPS = "comparer", ("system:masters",)


@contextlib.contextmanager
def both_servers() -> Iterator[tuple[Server, Server]]:
    """Start a real kube-apiserver and an embedded server, and return them in this order.

    Neither has controllers, so only the requests change the stored objects.
    """
    with (
        ControlPlane(controller_manager=False, kubelet=False) as real,
        EmbeddedServer(controllers=(), authorize=_is_allowed) as embedded,
    ):
        servers = (Server("real", real.as_user(USER, GROUPS)), Server("embedded", embedded.as_user(USER, GROUPS)))
        try:
            for server in servers:
                _install_definitions(server)
            yield servers
        finally:
            for server in servers:
                server.close()


def _is_allowed(user: Identity, _info: RequestInfo) -> bool:
    """Return whether a user has permissions. The reviews of the sequences name a user without any."""
    return user.name != "nobody"


def _install_definitions(server: Server) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for definition in definitions():
        created = server.send("POST", path, json.dumps(definition).encode(), headers)
        if created.status != 201:
            raise RuntimeError(f"{server.name}: {created.body.decode()}")
        spec = definition["spec"]
        for version in spec["versions"]:
            _wait_until_served(server, f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}")


def _wait_until_served(server: Server, path: str) -> None:
    end = time.monotonic() + 30  # real time: a guard
    while server.send("GET", path, None, {"Accept": "application/json"}).status != 200:
        if time.monotonic() > end:  # real time: a guard
            raise RuntimeError(f"{server.name} does not serve {path}")
        time.sleep(0.05)  # real time: the interval between two requests
