"""An embedded server that runs workloads, and a real control plane with kube-controller-manager."""

from collections.abc import Iterator

import pytest

from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer, Settings
from support.workload_client import WorkloadClient


@pytest.fixture(scope="session", params=["embedded", "real"])
def workload_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer | ServerHandle]:
    """Run the test on both servers."""
    if request.param == "embedded":
        embedded = EmbeddedServer(workloads=True, settings=Settings(controller_delay=0))
        with embedded:
            yield embedded
        assert embedded.failures == []
        return
    handle: ServerHandle = request.getfixturevalue("kubex_control_plane")
    if not {"workloads", "exec"} <= handle.capabilities:
        pytest.skip("needs workloads and exec: kube-controller-manager and kubex-kubelet")
    yield handle


@pytest.fixture
def client(workload_server: EmbeddedServer | ServerHandle) -> Iterator[WorkloadClient]:
    """Return a client in a new namespace of each server."""
    client = WorkloadClient(workload_server)
    yield client
    client.close()


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[EmbeddedServer]:
    """Start an embedded server that runs workloads, for tests of its hooks."""
    server = EmbeddedServer(workloads=True, settings=Settings(controller_delay=0))
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def embedded_client(embedded_server: EmbeddedServer) -> Iterator[WorkloadClient]:
    """Return a client in a new namespace of the embedded server."""
    client = WorkloadClient(embedded_server)
    yield client
    client.close()
