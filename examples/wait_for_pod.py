"""Wait until a pod is ready. It does not need to exist yet."""

import anyio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_runtime import wait_for
from kubex_runtime.conditions import ready


async def main() -> None:
    async with create_client() as client:
        pod = await wait_for(Api(Pod, client), "web-0", ready(), timeout=60)
        print(pod.metadata.name, "is ready")


if __name__ == "__main__":
    anyio.run(main)  # or anyio.run(main, backend="trio")
