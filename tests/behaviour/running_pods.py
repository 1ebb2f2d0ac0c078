"""Pods that run, on a server with a kubelet."""

import anyio

from behaviour.objects import TIMEOUT, name_of
from kubex.api import Api
from kubex.client import Client
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import Container, ContainerPort, Pod, PodSpec

RUN_LABELS = {"kubex.example/run": "true"}
"""The kubelet of the real control plane runs only Pods with these labels."""


async def run_pod(
    client: Client,
    name: str,
    *,
    containers: tuple[str, ...] = ("main",),
    ports: tuple[ContainerPort, ...] = (),
    **labels: str,
) -> str:
    """Create a Pod with containers that wait, and return its name when it is ready."""
    pods = Api(Pod, client)
    spec = PodSpec(
        containers=[
            Container(name=container, image="registry.example/app:1", command=["sleep", "3600"], ports=list(ports))
            for container in containers
        ],
        termination_grace_period_seconds=0,
    )
    created = await pods.create(Pod(metadata=ObjectMeta(name=name, labels=RUN_LABELS | labels), spec=spec))
    with anyio.fail_after(TIMEOUT):
        async with pods.watch(
            field_selector=f"metadata.name={name}", resource_version=created.metadata.resource_version
        ) as events:
            async for event in events:
                status = event.object.status
                conditions = (status.conditions if status is not None else None) or []
                if any(condition.type == "Ready" and condition.status == "True" for condition in conditions):
                    return name_of(created)
    raise AssertionError(f"the watch of Pod {name} ended")
