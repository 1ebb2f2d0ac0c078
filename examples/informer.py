"""Keep the pods of a namespace in memory."""

import anyio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_runtime import Informer


async def main() -> None:
    async with create_client() as client, anyio.create_task_group() as tasks:
        pods = Informer(Api(Pod, client))
        await tasks.start(pods.run)
        print(len(pods), "pods:", [pod.metadata.name for pod in pods.objects()])
        tasks.cancel_scope.cancel()


if __name__ == "__main__":
    anyio.run(main)  # or anyio.run(main, backend="trio")
