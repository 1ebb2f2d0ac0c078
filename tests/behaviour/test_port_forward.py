"""Connections to ports of Pods, on the embedded server and on a real kube-apiserver with a kubelet."""

import socketserver
import threading
from collections.abc import Iterator

import anyio
import pytest

from behaviour.running_pods import run_pod
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ConfigurationError, NoReadyPodError, NotFound, PortForwardError
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec, StatefulSet, StatefulSetSpec
from kubex_k8s.v1_37.core.v1 import (
    Container,
    ContainerPort,
    Pod,
    PodSpec,
    PodTemplateSpec,
    Service,
    ServicePort,
    ServiceSpec,
)
from kubex_k8s.v1_37.meta.v1 import LabelSelector, LabelSelectorRequirement
from kubex_testing import ServerHandle
from kubex_testing.compliance._ports import free_port
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio


class Echo(socketserver.BaseRequestHandler):
    """Sends data back until the end."""

    def handle(self) -> None:
        """Serve one connection."""
        while data := self.request.recv(65536):
            self.request.sendall(data)


@pytest.fixture
def port(container_server: EmbeddedServer | ServerHandle) -> Iterator[int]:
    """Listen on a loopback port, which is also a port of each Pod."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as listener:
        number: int = listener.server_address[1]
        if isinstance(container_server, EmbeddedServer):
            container_server.set_port_target(number, number)
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield number
        listener.shutdown()
        thread.join()


@pytest.fixture
async def pods(container_client: Client) -> Api[Pod]:
    """Return the Pods of the test's namespace, with the ready Pod `web`."""
    await run_pod(container_client, "web", app="web")
    return Api(Pod, container_client)


@pytest.mark.covers("pitfall-41")
async def test_data_reaches_the_pod_and_comes_back(pods: Api[Pod], port: int) -> None:
    data = bytes(range(256)) * 4000
    async with pods.portforward.forward("web", port) as stream:
        received = b""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.send, data)
            while len(received) < len(data):
                received += await stream.receive()
    assert received == data


@pytest.mark.covers("pitfall-41")
async def test_port_without_listener_raises_port_forward_error(pods: Api[Pod]) -> None:
    async with pods.portforward.forward("web", free_port()) as stream:
        with pytest.raises(PortForwardError, match="refused"):
            await stream.receive()


async def test_pod_that_does_not_exist_raises_not_found(pods: Api[Pod]) -> None:
    with pytest.raises(NotFound, match='pods "other" not found'):
        async with pods.portforward.forward("other", 80):
            pass


@pytest.mark.covers("pitfall-41")
async def test_listener_forwards_connections_to_a_service(pods: Api[Pod], container_client: Client, port: int) -> None:
    service = Service(
        metadata=ObjectMeta(name="web"),
        spec=ServiceSpec(selector={"app": "web"}, ports=[ServicePort(name="http", port=80, target_port=port)]),
    )
    await Api(Service, container_client).create(service)
    ports: dict[int | str, int] = {"http": 0, 80: 0}
    async with pods.portforward.listen("svc/web", ports) as listener:
        for local_port in listener.ports.values():
            async with await anyio.connect_tcp("127.0.0.1", local_port) as local:
                await local.send(b"hello")
                assert await local.receive() == b"hello"
    with pytest.raises(ConfigurationError, match=r"svc/web does not have the port 81; its ports are: 80 http"):
        await pods.portforward.forward("svc/web", 81)


@pytest.mark.covers("pitfall-41")
@pytest.mark.parametrize("kind", ["deploy", "sts"])
async def test_stream_to_a_workload_selects_one_of_its_pods(
    pods: Api[Pod], container_client: Client, port: int, kind: str
) -> None:
    selector = LabelSelector(
        match_labels={"app": "web"},
        match_expressions=[
            LabelSelectorRequirement(key="app", operator="In", values=["web", "other"]),
            LabelSelectorRequirement(key="app", operator="NotIn", values=["other"]),
            LabelSelectorRequirement(key="app", operator="Exists"),
            LabelSelectorRequirement(key="canary", operator="DoesNotExist"),
        ],
    )
    template = PodTemplateSpec(
        metadata=ObjectMeta(labels={"app": "web"}), spec=PodSpec(containers=[Container(name="main", image="app:1")])
    )
    metadata = ObjectMeta(name="web")
    # Without replicas, so that only the Pod of the test matches.
    if kind == "deploy":
        deployment = DeploymentSpec(replicas=0, selector=selector, template=template)
        await Api(Deployment, container_client).create(Deployment(metadata=metadata, spec=deployment))
    else:
        stateful_set = StatefulSetSpec(replicas=0, selector=selector, template=template)
        await Api(StatefulSet, container_client).create(StatefulSet(metadata=metadata, spec=stateful_set))
    async with pods.portforward.forward(f"{kind}/web", port) as stream:
        await stream.send(b"hello")
        assert await stream.receive() == b"hello"


@pytest.mark.covers("pitfall-41")
async def test_next_connection_uses_another_pod_after_the_first_one_ended(
    pods: Api[Pod], container_client: Client, port: int
) -> None:
    await run_pod(container_client, "web-2", app="web")
    service = Service(
        metadata=ObjectMeta(name="web"), spec=ServiceSpec(selector={"app": "web"}, ports=[ServicePort(port=port)])
    )
    await Api(Service, container_client).create(service)
    async with pods.portforward.listen("svc/web", {port: 0}) as listener:
        for name in ("web", None):
            async with await anyio.connect_tcp("127.0.0.1", listener.ports[port]) as local:
                await local.send(b"hello")
                assert await local.receive() == b"hello"
            if name is not None:
                await pods.delete(name, grace_period_seconds=0)


async def test_named_port_of_a_pod_is_resolved(pods: Api[Pod], container_client: Client, port: int) -> None:
    await run_pod(container_client, "named", ports=(ContainerPort(name="http", container_port=port),))
    async with pods.portforward.forward("named", "http") as stream:
        await stream.send(b"hello")
        assert await stream.receive() == b"hello"
    with pytest.raises(ConfigurationError, match="named does not have the port 'grpc'; its ports are: http"):
        await pods.portforward.forward("named", "grpc")


async def test_service_without_ready_pods_raises_no_ready_pod_error(pods: Api[Pod], container_client: Client) -> None:
    services = Api(Service, container_client)
    spec = ServiceSpec(selector={"app": "other"}, ports=[ServicePort(port=80)])
    await services.create(Service(metadata=ObjectMeta(name="other"), spec=spec))
    with pytest.raises(NoReadyPodError, match=r"svc/other: none of its 0 pods is ready \(app=other\)"):
        await pods.portforward.forward("svc/other", 80)
    await services.create(Service(metadata=ObjectMeta(name="manual"), spec=ServiceSpec(ports=[ServicePort(port=80)])))
    with pytest.raises(NoReadyPodError, match="svc/manual: it does not have a selector"):
        await pods.portforward.forward("svc/manual", 80)
