"""Run a pod, a command in it, and remove it: the program of docs/migration, with kubex 0.1."""

import asyncio

from kubex_core.models.metadata import ObjectMetadata

from kubex.api import Api
from kubex.client import create_client
from kubex.core.exceptions import NotFound
from kubex.core.patch import MergePatch
from kubex.k8s.v1_37.core.v1.container import Container
from kubex.k8s.v1_37.core.v1.pod import Pod
from kubex.k8s.v1_37.core.v1.pod_spec import PodSpec


async def main() -> None:
    async with await create_client() as client:
        pods = Api(Pod, client, namespace="default")
        container = Container(name="app", image="busybox:1.37", command=["sh", "-c", "echo ready; sleep 3600"])
        metadata = ObjectMetadata(name="migrated", labels={"app": "migration"})
        created = await pods.create(Pod(metadata=metadata, spec=PodSpec(containers=[container])))
        print("created", created.metadata.name)

        async for event in pods.watch(label_selector="app=migration"):
            if event.object.status is not None and event.object.status.phase == "Running":
                print("running")
                break

        print("log:", (await pods.logs.get("migrated")).strip())
        result = await pods.exec.run("migrated", command=["echo", "hello"])
        print("exec:", result.stdout.decode().strip())

        patch = MergePatch(Pod.model_construct(metadata=ObjectMetadata(labels={"tier": "web"})))
        patched = await pods.patch("migrated", patch)
        print("labels:", patched.metadata.labels)
        for pod in (await pods.list(label_selector="app=migration,tier=web")).items:
            print("listed", pod.metadata.name)

        listed = await pods.list(label_selector="app=migration")
        await pods.delete("migrated", grace_period_seconds=0)
        version = listed.metadata.resource_version
        async for event in pods.watch(label_selector="app=migration", resource_version=version):
            if event.type == "DELETED":
                print("deleted", event.object.metadata.name)
                break
        try:
            await pods.get("migrated")
        except NotFound as error:
            print("error:", error.status.value)


if __name__ == "__main__":
    asyncio.run(main())
