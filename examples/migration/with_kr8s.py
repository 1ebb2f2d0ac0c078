"""Run a pod, a command in it, and remove it: the program of docs/migration, with kr8s."""

import asyncio

import kr8s
from kr8s.asyncio.objects import Pod


async def main() -> None:
    api = await kr8s.asyncio.api(namespace="default")
    container = {"name": "app", "image": "busybox:1.37", "command": ["sh", "-c", "echo ready; sleep 3600"]}
    metadata = {"name": "migrated", "labels": {"app": "migration"}}
    created = await Pod({"metadata": metadata, "spec": {"containers": [container]}}, api=api)
    await created.create()
    print("created", created.name)

    async for _, pod in api.watch("pods", label_selector="app=migration"):
        if pod.status.get("phase") == "Running":
            print("running")
            break

    print("log:", "\n".join([line async for line in created.logs()]))
    result = await created.exec(["echo", "hello"])
    print("exec:", result.stdout.decode().strip())

    await created.patch({"metadata": {"labels": {"tier": "web"}}})
    print("labels:", dict(created.labels))
    async for pod in api.get("pods", label_selector={"app": "migration", "tier": "web"}):
        print("listed", pod.name)

    await created.delete(force=True)
    async for event, pod in created.watch():
        if event == "DELETED":
            print("deleted", pod.name)
            break
    try:
        await Pod.get("migrated", api=api, timeout=1)
    except kr8s.NotFoundError:
        print("error: 404")


if __name__ == "__main__":
    asyncio.run(main())
