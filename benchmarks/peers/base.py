"""What every client does. Modules of peers run where only the peer is installed: import nothing else here."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from typing import Any, Protocol

NAME = "checkout-7d9f6c5b8d-00000"
SMALL, LARGE = "small", "default"
"""The namespace of the list; that of the Pod, of the watch and of the log."""


class Peer(Protocol):
    """A client; each method does one thing once, and returns how many objects, events or bytes there were."""

    async def get(self) -> int:
        """Get a Pod and read metadata, spec and status."""

    async def list(self) -> int:
        """List 500 Pods and read metadata, spec and status of each."""

    async def list_names(self) -> int:
        """List 500 Pods and read name and labels of each."""

    async def list_full(self) -> int:
        """List 500 Pods and visit every field of each at every depth."""

    async def watch(self) -> int:
        """Read metadata, spec and status of every object of a watch."""

    async def watch_names(self) -> int:
        """Read name and labels of every object of a watch."""

    async def watch_full(self) -> int:
        """Visit every field of every object of a watch at every depth."""

    async def log(self) -> int:
        """Read a log as the lines of text that the client offers."""


def touch(*values: object) -> None:
    """Take what was read, and insist that it was there."""
    if None in values:
        raise ValueError("the client left out what the benchmark reads")


def names(pod: Any) -> None:
    """Read name and labels."""
    touch(pod.metadata.name, pod.metadata.labels)


def whole_camel(pod: Any) -> None:
    """Read metadata, spec and status of an object that has the names of the wire."""
    touch(pod.metadata.name, pod.spec.nodeName, pod.spec.containers[0].image, pod.status.phase)


def whole(pod: Any) -> None:
    """Read metadata, spec and status of an object that has Python's names."""
    touch(pod.metadata.name, pod.spec.node_name, pod.spec.containers[0].image, pod.status.phase)


PLAIN = (str, int, float, bool, type(None))


def walker(fields: Callable[[Any], Sequence[str]]) -> Callable[[Any], None]:
    """Return what visits every field of an object through its public attributes; `fields` names those of a class."""
    known = cache(fields)

    def walk(root: Any) -> None:
        count, waiting = 0, [root]
        while waiting:
            value = waiting.pop()
            kind: Any = type(value)
            if kind in PLAIN:
                count += 1
            elif issubclass(kind, list):
                waiting += value
            elif issubclass(kind, dict):
                waiting += value.values()
            else:
                waiting += [getattr(value, name) for name in known(kind)]
        if count < 100:
            raise ValueError("the walk did not go through the Pod")

    return walk


async def characters(lines: AsyncIterator[str]) -> int:
    """Read lines of ASCII, which may keep their ends."""
    return sum([len(line) + (not line.endswith("\n")) async for line in lines])
