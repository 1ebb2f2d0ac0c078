"""Follow the logs of all pods of a Deployment, with the names of their pods: `python examples/deployment_logs.py NAME`.

Pods that start later are added, for example during an update, and containers are followed across restarts.
"""

import sys

import anyio

from kubex import Api, create_client
from kubex.api import LogSource
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import Pod


async def main(name: str) -> None:
    """Print the last ten lines of each container, then all new lines."""
    async with create_client() as client:
        deployment = await Api(Deployment, client).get(name)
        selector = deployment.spec.selector
        logs = Api(Pod, client).logs
        async with logs.stream_pods(
            label_selector=selector, follow="restarts", tail_lines=10, on_error=print_error
        ) as log:
            async for line in log:
                print(line)


def print_error(source: LogSource, error: Exception) -> None:
    """Report that the log of one container cannot be read. The others continue."""
    print(f"{source} {error}", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} DEPLOYMENT")
    anyio.run(main, sys.argv[1])
