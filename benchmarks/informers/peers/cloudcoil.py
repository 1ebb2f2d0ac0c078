"""The informer of cloudcoil, with a handler that counts new objects."""

import asyncio
import time
from importlib import import_module
from typing import Any

from benchmarks.informers.peers.base import cpu_since, main

# Type checkers run in an environment without this client, so it is imported by name.
Config: Any = import_module("cloudcoil.client").Config
Cache: Any = import_module("cloudcoil.caching").Cache
Pod: Any = import_module("cloudcoil.models.kubernetes.core.v1").Pod


def follow(url: str, namespace: str, added: int) -> tuple[float, object]:
    """Run an informer until it has received the objects."""
    # The informer keeps only the first page of a list, and does not call handlers for it.
    namespace = namespace.replace("objects", "added")
    return asyncio.run(_follow(url, namespace, added))


async def _follow(url: str, namespace: str, added: int) -> tuple[float, object]:
    config = Config(server=f"{url}/{namespace}", cache=Cache(resources=[Pod]))  # it reads all namespaces
    done, names = asyncio.Event(), set[str]()

    def count(pod: Any) -> None:
        names.add(pod.metadata.name)
        if len(names) == added:
            done.set()

    informer = config.cache.get_informer(Pod, sync=False)
    informer.on_add(count)
    start = time.process_time()
    async with config:
        await done.wait()
        cpu = cpu_since(start)
    return cpu, informer


if __name__ == "__main__":
    main(follow)
