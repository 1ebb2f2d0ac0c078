"""The real kube-controller-manager as a client of the embedded server, with all its controllers."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kubex_testing._pki import service_account_key
from kubex_testing.controlplane import ControlPlaneUnavailable
from kubex_testing.controlplane._assets import find_assets
from kubex_testing.controlplane._component import Component
from kubex_testing.controlplane._data_directory import DataDirectory
from kubex_testing.controlplane._flags import controller_manager_flags
from kubex_testing.embedded import EmbeddedServer, FaultAction, RecordedRequest
from kubex_testing.embedded._messages import Response
from support.polling import wait_until

MANAGER = "kube-controller-manager"
UNEXPECTED = {400, 406, 415, 422}

PAGE = Path(__file__).parents[3] / "docs" / "testing" / "kubectl.md"


class RecordStatuses(FaultAction):
    """Change nothing, and keep the status of each response."""

    combines = True

    def __init__(self) -> None:
        self.seen: list[tuple[int, str, str, bytes]] = []

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        self.seen.append((response.status, request.method, request.target, response.body))
        return response


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(controllers=(), workloads=False)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def statuses(server: EmbeddedServer) -> RecordStatuses:
    """Record the responses to the controller manager."""
    recorder = RecordStatuses()
    server.inject(lambda request: MANAGER in request.header("user-agent"), recorder, times=None)
    return recorder


@pytest.fixture
def manager(server: EmbeddedServer, statuses: RecordStatuses, tmp_path: Path) -> Iterator[Component]:
    """Start kube-controller-manager with the default settings, or skip the test if it is not installed."""
    try:
        program = find_assets(os.environ, controller_manager=True).kube_controller_manager
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    assert program is not None
    directory = DataDirectory(tmp_path)
    directory.write_kubeconfig("controller-manager.kubeconfig", server.handle_for_programs)
    (tmp_path / "ca.crt").write_text(server.handle.ca_pem or "")
    (tmp_path / "service-account.key").write_text(service_account_key())
    component = Component.start(program, [*controller_manager_flags(directory), "--controllers=*"], tmp_path, grace=10)
    yield component
    component.stop()


def objects(server: EmbeddedServer, resource: str, namespace: str) -> list[dict[str, Any]]:
    return [item for item in server.state(resource) if item["metadata"]["namespace"] == namespace]


def managers_of(items: list[dict[str, Any]]) -> set[str]:
    return {entry["manager"] for item in items for entry in item["metadata"]["managedFields"]}


def names_of(items: Iterable[dict[str, Any]]) -> set[str]:
    return {item["metadata"]["name"] for item in items}


DEPLOYMENT = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "example/web:1"}]},
        },
    },
}


def test_controllers_run_against_the_embedded_server(
    server: EmbeddedServer, statuses: RecordStatuses, manager: Component, make_client: Callable[..., Any]
) -> None:
    client = make_client(server.handle)
    namespace = client.namespace
    client.create("deployments", DEPLOYMENT, group="apps/v1")
    wait_until(lambda: len(objects(server, "pods", namespace)) == 3, "the Deployment had 3 Pods")
    assert managers_of(objects(server, "replicasets", namespace)) == {MANAGER}
    assert managers_of(objects(server, "pods", namespace)) == {MANAGER}
    owners = {pod["metadata"]["ownerReferences"][0]["kind"] for pod in objects(server, "pods", namespace)}
    assert owners == {"ReplicaSet"}
    wait_until(lambda: objects(server, "serviceaccounts", namespace), "the namespace had a ServiceAccount")

    assert client.request("DELETE", f"/api/v1/namespaces/{namespace}").status == 200
    wait_until(lambda: namespace not in names_of(server.state("namespaces")), "the namespace was removed")
    for resource in ("deployments", "replicasets", "pods", "events", "configmaps", "serviceaccounts"):
        assert objects(server, resource, namespace) == []

    unexpected = [entry for entry in statuses.seen if entry[0] in UNEXPECTED or entry[0] >= 500]
    assert unexpected == []
    assert len(statuses.seen) > 100
    log = manager.log.read_text(encoding="utf-8", errors="replace")
    found = re.findall(r'Warning: (?:skipping controller|controller is disabled)" controller="([\w-]+)"', log)
    table = PAGE.read_text(encoding="utf-8").partition("| Controllers | Reason |")[2]
    assert sorted(found) == sorted(re.findall(r"`([\w-]+-controller)`", table))
