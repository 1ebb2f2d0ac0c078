"""kopf with an empty handler and an index, which is its cache of objects."""

import asyncio
import time
from importlib import import_module
from typing import Any

from benchmarks.informers.peers.base import cpu_since, main

# Type checkers run in an environment without this client, so it is imported by name.
kopf: Any = import_module("kopf")


def follow(url: str, namespace: str, added: int) -> tuple[float, object]:
    """Run an operator until it has received the objects."""
    return asyncio.run(_follow(url, namespace, added))


async def _follow(url: str, namespace: str, added: int) -> tuple[float, object]:
    registry, settings = kopf.OperatorRegistry(), kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.scanning.disabled = True
    names, stop, kept = set[str](), asyncio.Event(), list[Any]()

    def login(**_: Any) -> Any:
        return kopf.ConnectionInfo(server=url)

    async def pods(name: str, body: Any, **_: Any) -> Any:
        return {name: dict(body)}

    async def count(name: str, **arguments: Any) -> None:
        if not kept:
            kept.append(arguments["pods"])
        names.add(name)
        if len(names) == added:
            stop.set()

    kopf.on.login(registry=registry)(login)
    kopf.index("pods", id="pods", registry=registry)(pods)
    kopf.on.event("pods", registry=registry)(count)
    start = time.process_time()
    await kopf.operator(registry=registry, settings=settings, namespaces=[namespace], standalone=True, stop_flag=stop)
    return cpu_since(start), kept


if __name__ == "__main__":
    main(follow)
