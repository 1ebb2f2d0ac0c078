"""Create a pod, wait until it is ready, use it, and delete it: `python examples/run_a_pod.py`."""

import asyncio

from kubex import Api, ObjectMeta, create_client
from kubex_k8s.v1_37.core.v1 import Container, Pod, PodSpec
from kubex_runtime import Added, Deleted, Modified, Synced, follow, wait_for
from kubex_runtime.conditions import ready


async def main() -> None:
    """Run one step after the other."""
    async with create_client() as client:
        pods = Api(Pod, client, namespace="default")

        container = Container(name="main", image="busybox:1.37", command=["sh", "-c", "echo started; sleep 3600"])
        hello = Pod(
            metadata=ObjectMeta(name="hello", labels={"app": "hello"}),
            spec=PodSpec(containers=[container], termination_grace_period_seconds=1),
        )
        await pods.create(hello)
        running = await wait_for(pods, "hello", ready(), timeout=60, on_progress=print)
        assert running.status is not None
        print("address:", running.status.pod_ip)

        result = await pods.exec.run("hello", ["echo", "hello from the container"], check=True)
        print("output:", result.stdout_text, end="")
        print("log:", await pods.logs.get("hello"))

        async with follow(pods, label_selector={"app": "hello"}) as changes:
            async for change in changes:
                match change:
                    case Synced():
                        await pods.delete("hello")
                    case Added(pod) | Modified(pod):
                        print("exists:", pod.metadata.name, pod.metadata.resource_version)
                    case Deleted(pod):
                        print("deleted:", pod.metadata.name)
                        break


if __name__ == "__main__":
    asyncio.run(main())
