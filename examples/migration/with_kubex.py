"""Run a pod, a command in it, and remove it: the program of docs/migration, with Kubex."""

import asyncio

from kubex import Api, MergePatch, NotFound, ObjectMeta, create_client
from kubex_k8s.v1_37.core.v1 import Container, Pod, PodSpec


async def main() -> None:
    async with create_client() as client:
        pods = Api(Pod, client, namespace="default")
        container = Container(name="app", image="busybox:1.37", command=["sh", "-c", "echo ready; sleep 3600"])
        metadata = ObjectMeta(name="migrated", labels={"app": "migration"})
        created = await pods.create(Pod(metadata=metadata, spec=PodSpec(containers=[container])))
        print("created", created.metadata.name)

        async with pods.watch(label_selector="app=migration") as events:
            async for event in events:
                if event.object.status is not None and event.object.status.phase == "Running":
                    print("running")
                    break

        print("log:", (await pods.logs.get("migrated")).strip())
        result = await pods.exec.run("migrated", ["echo", "hello"], check=True)
        print("exec:", result.stdout_text.strip())

        patched = await pods.patch("migrated", MergePatch({"metadata": {"labels": {"tier": "web"}}}))
        print("labels:", patched.metadata.labels)
        for pod in await pods.list(label_selector={"app": "migration", "tier": "web"}):
            print("listed", pod.metadata.name)

        listed = await pods.list(label_selector="app=migration")
        await pods.delete("migrated", grace_period_seconds=0)
        async with pods.watch(label_selector="app=migration", resource_version=listed.resource_version) as events:
            async for event in events:
                if event.type == "DELETED":
                    print("deleted", event.object.metadata.name)
                    break
        try:
            await pods.get("migrated")
        except NotFound as error:
            print("error:", error.status)


if __name__ == "__main__":
    asyncio.run(main())
