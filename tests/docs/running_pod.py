"""The running pod and the workloads that pages and examples of docstrings use."""

from pathlib import Path

from kubex.api import Api
from kubex.client import Client
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.batch.v1 import Job, JobSpec
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
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_testing.embedded import ContainerProcess, EmbeddedServer, PortStream

FILES = {
    "/etc/hostname": b"web-0\n",
    "/etc/os-release": b'NAME="Example"\n',
    "/etc/app/color": b"red\n",
    "/srv/index.html": b"<h1>hello</h1>\n",
    "/var/log/app.log": b"starting\nready\n",
}


async def create_running_pod(server: EmbeddedServer, client: Client) -> None:
    """Create the pod `web-0` with a log, files and a port, and the service `web`."""
    server.set_exec_handler(run_command)
    server.set_port_target(80, respond)

    container = Container(name="app", image="app:1", ports=[ContainerPort(name="http", container_port=80)])
    pods = Api(Pod, client, namespace="default")
    await pods.create(
        Pod(metadata=ObjectMeta(name="web-0", labels={"app": "web"}), spec=PodSpec(containers=[container]))
    )
    server.run_pods()  # after the pod was created, so that this call waits until the pod runs
    spec = ServiceSpec(selector={"app": "web"}, ports=[ServicePort(name="http", port=80, target_port="http")])
    await Api(Service, client, namespace="default").create(Service(metadata=ObjectMeta(name="web"), spec=spec))

    server.set_pod_log("default", "web-0", "app", b"starting\nready\n")
    for path, content in FILES.items():
        server.write_container_file("default", "web-0", "app", path, content)


async def create_workloads(client: Client) -> None:
    """Create the Deployment `shop` and the Job `import`, with the status that their controllers would set."""
    labels = {"app": "shop"}
    template = PodTemplateSpec(
        metadata=ObjectMeta(labels=labels), spec=PodSpec(containers=[Container(name="app", image="shop:1")])
    )
    spec = DeploymentSpec(replicas=3, selector=LabelSelector(match_labels=labels), template=template)
    deployments, jobs = Api(Deployment, client, namespace="default"), Api(Job, client, namespace="default")
    await deployments.create(Deployment(metadata=ObjectMeta(name="shop"), spec=spec))
    # Generations up to 9 have been observed, so a rollout is complete immediately.
    complete = {
        "observedGeneration": 9,
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
    }
    await deployments.status.patch("shop", MergePatch({"status": complete}))

    once = PodSpec(containers=[Container(name="app", image="import:1")], restart_policy="Never")
    await jobs.create(Job(metadata=ObjectMeta(name="import"), spec=JobSpec(template=PodTemplateSpec(spec=once))))
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
    await jobs.status.patch("import", MergePatch({"status": {"failed": 7, "conditions": [failed]}}))


async def run_command(process: ContainerProcess) -> int:
    """Run a built-in command, or one of the programs that only the documentation uses."""
    if process.argv[0] == "tail":
        return await process.run_builtin(["cat", process.argv[-1]])
    if process.argv[0] == "tee":
        async for line in process.stdin:
            await process.stdout.write(line)
        return 0
    return await process.run_builtin()


async def respond(stream: PortStream) -> None:
    """Respond to one HTTP request."""
    while (await stream.readline()).strip():
        pass
    await stream.write(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")


def write_local_files(folder: Path) -> None:
    """Create the local files and folders that the documentation copies to the pod."""
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("<h1>hello</h1>\n", encoding="utf-8")
    (folder / "backup.tar").write_bytes(bytes(100_000))
