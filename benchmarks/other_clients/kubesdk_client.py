"""kubesdk. It requires a kubeconfig file, and does not support logs."""

import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.other_clients.base import LARGE, NAME, SMALL, field_walker, read_names, read_pod_camel_case

# Type checkers run in an environment without this client, so it is imported by name.
kubesdk: Any = import_module("kubesdk")
core: Any = import_module("kube_models.api_v1.io.k8s.api.core.v1")

read_all = field_walker(
    lambda kind: [field.name for field in fields(kind) if field.name[0] != "_"] if is_dataclass(kind) else ()
)


class Kubesdk:
    """The functions of kubesdk, with typed models."""

    def __init__(self, events: int) -> None:
        self._events = events

    async def get(self) -> int:
        read_pod_camel_case(await kubesdk.get_k8s_resource(core.Pod, NAME, LARGE))
        return 1

    async def list(self) -> int:
        return await self._list(read_pod_camel_case)

    async def list_names(self) -> int:
        return await self._list(read_names)

    async def list_full(self) -> int:
        return await self._list(read_all)

    async def _list(self, read: Callable[[Any], None]) -> int:
        items = (await kubesdk.get_k8s_resource(core.Pod, namespace=SMALL)).items
        for item in items:
            read(item)
        return len(items)

    async def watch(self) -> int:
        return await self._watch(read_pod_camel_case)

    async def watch_names(self) -> int:
        return await self._watch(read_names)

    async def watch_full(self) -> int:
        return await self._watch(read_all)

    async def _watch(self, read: Callable[[Any], None]) -> int:
        count = 0
        async with aclosing(kubesdk.watch_k8s_resources(core.Pod, namespace=LARGE)) as events:
            async for event in events:
                read(event.object)
                count += 1
                if count == self._events:
                    break
        return count


def _write_config(config: dict[str, Any], path: Path) -> str:
    path.write_text(json.dumps(config))
    return str(path)


@asynccontextmanager
async def open_client(url: str, events: int) -> AsyncIterator[Kubesdk]:
    """Log in with a kubeconfig that only contains the URL of the server."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "benchmark",
        "clusters": [{"name": "benchmark", "cluster": {"server": url}}],
        "users": [{"name": "benchmark", "user": {"token": "none"}}],
        "contexts": [{"name": "benchmark", "context": {"cluster": "benchmark", "user": "benchmark"}}],
    }
    with tempfile.TemporaryDirectory() as folder:
        await kubesdk.login(kubesdk.KubeConfig(path=_write_config(config, Path(folder, "config"))))
        yield Kubesdk(events)
