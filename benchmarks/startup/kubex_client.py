"""Send one GET with Kubex on a library in a new process, with backend discovery, and print its CPU seconds."""

import asyncio
import sys
import time

from benchmarks.pods import Pod
from kubex import Api, ClientConfiguration, create_client


async def main(library: str, url: str, path: str) -> None:
    """Get one Pod."""
    async with create_client(ClientConfiguration(url=url), client_class=library) as client:
        pod = await Api(Pod, client, namespace="default").get(path.rpartition("/")[2])
    assert pod.spec.node_name


asyncio.run(main(*sys.argv[1:]))
print(time.process_time())
