"""Run a pod, a command in it, and remove it: the program of docs/migration, with lightkube."""

import asyncio

from lightkube import ApiError, AsyncClient
from lightkube.models.core_v1 import Container, PodSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import Pod
from lightkube.types import PatchType


async def main() -> None:
    async with AsyncClient(namespace="default") as client:
        container = Container(name="app", image="busybox:1.37", command=["sh", "-c", "echo ready; sleep 3600"])
        metadata = ObjectMeta(name="migrated", labels={"app": "migration"})
        created = await client.create(Pod(metadata=metadata, spec=PodSpec(containers=[container])))
        print("created", created.metadata.name)

        async for _, pod in client.watch(Pod, labels={"app": "migration"}):
            if pod.status is not None and pod.status.phase == "Running":
                print("running")
                break

        print("log:", "".join([line async for line in client.log("migrated")]).strip())
        result = await client.exec("migrated", command=["echo", "hello"], stdout=True, raise_on_error=True)
        print("exec:", result.stdout.strip())

        patch = {"metadata": {"labels": {"tier": "web"}}}
        patched = await client.patch(Pod, "migrated", patch, patch_type=PatchType.MERGE)
        print("labels:", patched.metadata.labels)
        listing = client.list(Pod, labels={"app": "migration", "tier": "web"})
        async for pod in listing:
            print("listed", pod.metadata.name)

        version = listing.resourceVersion
        await client.delete(Pod, "migrated", grace_period=0)
        async for event, pod in client.watch(Pod, labels={"app": "migration"}, resource_version=version):
            if event == "DELETED":
                print("deleted", pod.metadata.name)
                break
        try:
            await client.get(Pod, "migrated")
        except ApiError as error:
            print("error:", error.status.code)


if __name__ == "__main__":
    asyncio.run(main())
