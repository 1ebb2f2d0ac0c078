"""Read the logs of all pods of an application at the same time, with trio. Install `kubex-httpx` and `trio`."""

import sys

import trio

from kubex import Api, KubexError, create_client
from kubex_k8s.v1_37.core.v1 import Pod


async def print_log(pods: Api[Pod], name: str) -> None:
    """Print the last lines of the log of a pod; a pod that fails does not stop the others."""
    try:
        async with pods.logs.stream(name, tail_lines=10) as log:
            async for line in log:
                print(f"{name}: {line}")
    except KubexError as error:
        print(f"{name}: {error}", file=sys.stderr)


async def main(selector: str) -> None:
    """Print the logs of the pods that a label selector selects, for at most ten seconds."""
    async with create_client() as client:
        pods = Api(Pod, client, namespace="default")
        with trio.fail_after(10):
            found = await pods.list(label_selector=selector)
            async with trio.open_nursery() as nursery:
                for pod in found:
                    if pod.metadata.name:
                        nursery.start_soon(print_log, pods, pod.metadata.name)


if __name__ == "__main__":
    trio.run(main, "app=web")
