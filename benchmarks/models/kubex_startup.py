"""Send one GET with Kubex and the generated Pod in a new process, as in benchmarks/startup; print its CPU seconds."""

import asyncio
import sys
import time

from kubex import Api, ClientChoise, ClientConfiguration, create_client
from kubex_k8s.v1_37.core.v1 import Pod


async def main(_library: str, url: str, path: str) -> None:
    """Get one Pod."""
    async with create_client(ClientConfiguration(url=url), client_class=ClientChoise.AIOHTTP) as client:
        pod = await Api(Pod, client, namespace="default").get(path.rpartition("/")[2])
    assert pod.spec


asyncio.run(main(*sys.argv[1:]))
print(time.process_time())
