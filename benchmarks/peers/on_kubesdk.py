"""kubesdk, which reads its server from a kubeconfig file and offers no logs."""

import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.peers.base import LARGE, NAME, SMALL, names, walker, whole_camel

# Peers are not installed where types are checked, so they are imported by name.
kubesdk: Any = import_module("kubesdk")
core: Any = import_module("kube_models.api_v1.io.k8s.api.core.v1")

WALK = walker(lambda kind: [field.name for field in fields(kind) if field.name[0] != "_"] if is_dataclass(kind) else ())


class Kubesdk:
    """Its functions, with the typed models."""

    def __init__(self, events: int) -> None:
        self._events = events

    async def get(self) -> int:
        whole_camel(await kubesdk.get_k8s_resource(core.Pod, NAME, LARGE))
        return 1

    async def list(self) -> int:
        return await self._list(whole_camel)

    async def list_names(self) -> int:
        return await self._list(names)

    async def list_full(self) -> int:
        return await self._list(WALK)

    async def _list(self, read: Callable[[Any], None]) -> int:
        items = (await kubesdk.get_k8s_resource(core.Pod, namespace=SMALL)).items
        for item in items:
            read(item)
        return len(items)

    async def watch(self) -> int:
        return await self._watch(whole_camel)

    async def watch_names(self) -> int:
        return await self._watch(names)

    async def watch_full(self) -> int:
        return await self._watch(WALK)

    async def _watch(self, read: Callable[[Any], None]) -> int:
        count = 0
        async with aclosing(kubesdk.watch_k8s_resources(core.Pod, namespace=LARGE)) as events:
            async for event in events:
                read(event.object)
                count += 1
                if count == self._events:
                    break
        return count


def _written(config: dict[str, Any], path: Path) -> str:
    path.write_text(json.dumps(config))
    return str(path)


@asynccontextmanager
async def open_peer(url: str, events: int) -> AsyncIterator[Kubesdk]:
    """Log in with a kubeconfig that names the server alone."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": url}}],
        "users": [{"name": "here", "user": {"token": "none"}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
    }
    with tempfile.TemporaryDirectory() as folder:
        await kubesdk.login(kubesdk.KubeConfig(path=_written(config, Path(folder, "config"))))
        yield Kubesdk(events)
