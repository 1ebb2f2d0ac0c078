"""Apply sets with kubectl and with Kubex on one server, and compare the objects."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio

import kubex_ops
from kubex import create_client
from kubex.client import Client
from kubex.errors import KubexError
from kubex.manifests import load
from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane
from ops.differential.cluster import Cluster
from ops.differential.kubectl import Kubectl
from ops.differential.paths import differences
from ops.differential.sets import NAMESPACE, Item, ManifestSet

MANAGER = "kubectl"
CONTROLLERS = "namespace-controller,garbage-collector-controller,serviceaccount-controller"


class ReferenceFailure(Exception):
    """Raised if kubectl does not accept a set. The generator must make another one."""


@dataclass(frozen=True)
class Side:
    """One server, with both programs."""

    handle: ServerHandle
    cluster: Cluster
    kubectl: Kubectl
    folder: Path


@contextlib.contextmanager
def control_plane() -> Iterator[ServerHandle]:
    """Start a control plane. Its controllers only delete objects and create service accounts."""
    flags = [f"--controllers={CONTROLLERS}"]
    with ControlPlane(
        controller_manager=True, kubelet=False, extra_controller_manager_args=flags, start_timeout=300
    ) as handle:
        yield handle


@contextlib.contextmanager
def side(name: str, handle: ServerHandle, kubectl: str) -> Iterator[Side]:
    """Return one server with both programs."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(name, handle)
        try:
            yield Side(handle, cluster, Kubectl(kubectl, handle, Path(folder) / "kubectl"), Path(folder))
        finally:
            cluster.close()


def compare_applies(server: Side, sets: Sequence[ManifestSet]) -> Iterator[str]:
    """Yield the differences of the objects after an apply with kubectl, and with Kubex. The latter stay."""
    files = [write(server, f"{each.number}.yaml", each.text) for each in sets]
    done = server.kubectl.apply(files, before_retry=server.cluster.wait_for_definitions)
    if done.exit_code:
        raise ReferenceFailure(done.errors)
    items = all_items(sets)
    expected = server.cluster.read(items)
    missing = [path for path, found in expected.items() if isinstance(found, int)]
    if missing:
        raise ReferenceFailure(f"kubectl did not create {missing}")
    server.cluster.delete(items)
    applied = anyio.run(partial(with_client, server.handle, files, _apply))
    yield from (f"set {each.number}: apply: {error}" for each, error in zip(sets, applied, strict=True) if error)
    actual = server.cluster.read(items)
    for each in sets:
        for item in each.items:
            path = item.path
            yield from (f"set {each.number}: {path}: {line}" for line in differences(expected[path], actual[path]))


def all_items(sets: Iterable[ManifestSet]) -> list[Item]:
    """Return the objects of all sets."""
    return [item for each in sets for item in each.items]


def write(server: Side, name: str, text: str) -> Path:
    """Write a file of a set."""
    path = server.folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


async def with_client(handle: ServerHandle, files: Sequence[Path], run: Callable[[Client, Path], Any]) -> list[Any]:
    """Return the results of a coroutine function for each file."""
    async with create_client(handle.configuration(NAMESPACE)) as client:
        return [await run(client, file) for file in files]


async def _apply(client: Client, file: Path) -> str:
    """Apply a file, and return the errors."""
    try:
        await kubex_ops.apply(client, load(file), field_manager=MANAGER)
    except KubexError as error:
        return f"{type(error).__name__}: {error}"
    return ""
