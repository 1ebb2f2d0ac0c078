"""Run a pod, a command in it, and remove it: the program of docs/migration, with kubernetes_asyncio."""

import asyncio

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.client import ApiException
from kubernetes_asyncio.stream import WsApiClient


async def main() -> None:
    await config.load_kube_config()
    async with client.ApiClient() as api, WsApiClient() as websocket:
        core = client.CoreV1Api(api)
        container = client.V1Container(name="app", image="busybox:1.37", command=["sh", "-c", "echo ready; sleep 3600"])
        metadata = client.V1ObjectMeta(name="migrated", labels={"app": "migration"})
        pod = client.V1Pod(metadata=metadata, spec=client.V1PodSpec(containers=[container]))
        created = await core.create_namespaced_pod("default", pod)
        print("created", created.metadata.name)

        async with watch.Watch() as events:
            async for event in events.stream(core.list_namespaced_pod, "default", label_selector="app=migration"):
                if event["object"].status.phase == "Running":
                    print("running")
                    break

        print("log:", (await core.read_namespaced_pod_log("migrated", "default")).strip())
        output = await client.CoreV1Api(websocket).connect_get_namespaced_pod_exec(
            "migrated", "default", command=["echo", "hello"], stdout=True, stderr=True
        )
        print("exec:", output.strip())

        patch = {"metadata": {"labels": {"tier": "web"}}}
        patched = await core.patch_namespaced_pod("migrated", "default", patch)
        print("labels:", patched.metadata.labels)
        found = await core.list_namespaced_pod("default", label_selector="app=migration,tier=web")
        for pod in found.items:
            print("listed", pod.metadata.name)

        listed = await core.list_namespaced_pod("default", label_selector="app=migration")
        version = listed.metadata.resource_version
        await core.delete_namespaced_pod("migrated", "default", grace_period_seconds=0)
        async with watch.Watch() as events:
            stream = events.stream(
                core.list_namespaced_pod, "default", label_selector="app=migration", resource_version=version
            )
            async for event in stream:
                if event["type"] == "DELETED":
                    print("deleted", event["object"].metadata.name)
                    break
        try:
            await core.read_namespaced_pod("migrated", "default")
        except ApiException as error:
            print("error:", error.status)


if __name__ == "__main__":
    asyncio.run(main())
