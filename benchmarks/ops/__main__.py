"""Compare `kubex_ops.apply()` with bare PATCH requests; see docs/benchmarks.md."""

import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import anyio

from benchmarks.options import add_tiny, make_parser, parse
from benchmarks.report import describe_machine, format_markdown, format_text, rewrite_block
from kubex.client import Client, create_client
from kubex.patch import ApplyPatch
from kubex_ops import apply
from kubex_testing.controlplane import ControlPlane
from kubex_testing.embedded import EmbeddedServer

HEADINGS = ("benchmark", "goal", "median", "min - max", "met")
OBJECTS, CONCURRENCY, GOAL = 200, 8, 2.0
MANAGER = "benchmark"


@dataclass(frozen=True)
class Round:
    """The seconds of one round."""

    patches: float
    apply: float

    @property
    def ratio(self) -> float:
        """The time of `apply()`, compared with the requests."""
        return self.apply / self.patches


def config_map(number: int) -> dict[str, Any]:
    """Return an object of the set."""
    metadata = {"name": f"settings-{number}", "namespace": "default", "labels": {"app": "shop"}}
    data = {f"key-{key}": "x" * 40 for key in range(10)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


async def send_patches(client: Client, objects: list[dict[str, Any]]) -> None:
    """Send a server-side apply for each object, with a fixed number of tasks."""
    remaining = iter(objects)
    query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}

    async def work() -> None:
        for body in remaining:
            path = f"/api/v1/namespaces/default/configmaps/{body['metadata']['name']}"
            await client.request("PATCH", path, query=query, json=body, content_type=ApplyPatch.content_type)

    async with anyio.create_task_group() as tasks:
        for _ in range(CONCURRENCY):
            tasks.start_soon(work)


async def apply_set(client: Client, objects: list[dict[str, Any]]) -> None:
    """Apply the objects as a set."""
    await apply(client, objects, field_manager=MANAGER, concurrency=CONCURRENCY)


async def seconds_of(work: Callable[[Client, list[dict[str, Any]]], Awaitable[None]], *arguments: Any) -> float:
    """Return the wall-clock time of a call."""
    start = time.perf_counter()
    await work(*arguments)
    return time.perf_counter() - start


async def measure(server: ControlPlane | EmbeddedServer, rounds: int, count: int) -> list[Round]:
    """Measure both in turns, with existing objects that do not change."""
    objects = [config_map(number) for number in range(count)]
    async with server as handle, create_client(handle.configuration()) as client:
        await apply_set(client, objects)
        return [
            Round(await seconds_of(send_patches, client, objects), await seconds_of(apply_set, client, objects))
            for _ in range(rounds)
        ]


def rows(measured: list[Round]) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    ratios = [each.ratio for each in measured]
    found = median(ratios)
    title = f"`apply()` of {OBJECTS} unchanged objects, time compared with {OBJECTS} bare PATCH requests"
    spread = f"{min(ratios):.2f} - {max(ratios):.2f}"
    return [(title, f"≤ {GOAL:g}", f"{found:.2f}", spread, "yes" if found <= GOAL else "**no**")]


def main() -> None:
    """Measure, print the table, and write the files that the options select."""
    parser = make_parser("benchmarks.ops", __doc__, rounds=9)
    add_tiny(parser)
    options = parse(parser)
    # The times of a real server count. The embedded one is for a check without its programs.
    server = ControlPlane() if os.environ.get("KUBEBUILDER_ASSETS") and not options.tiny else EmbeddedServer()
    rounds = 1 if options.tiny else options.rounds
    measured = anyio.run(measure, server, rounds, 5 if options.tiny else OBJECTS)
    table = rows(measured)
    print(format_text(table, HEADINGS))
    if options.output is not None:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        samples = [{"patches": each.patches, "apply": each.apply} for each in measured]
        document = {"machine": describe_machine(), "server": type(server).__name__, "samples": samples}
        options.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        rewrite_block("ops", format_markdown(table, HEADINGS))


if __name__ == "__main__":
    main()
