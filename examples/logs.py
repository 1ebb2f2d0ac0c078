"""Read the log of a pod, then follow it until its container ends: `python examples/logs.py POD`."""

import sys

import anyio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Pod


async def main(pod: str) -> None:
    """Print the last two lines of the log, then each new line."""
    async with create_client() as client:
        pods = Api(Pod, client)
        print(await pods.logs.get(pod, tail_lines=2), end="")
        print("--- following")
        async with pods.logs.stream(pod, tail_lines=0) as log:
            async for line in log:
                print(line)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} POD")
    anyio.run(main, sys.argv[1])
