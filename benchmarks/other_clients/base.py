"""The interface of all clients, and helpers.

The modules of the clients run in environments where only the client is installed, so this module imports only the
standard library.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from typing import Any, Protocol

NAME = "checkout-7d9f6c5b8d-00000"
SMALL, LARGE = "small", "default"
"""The namespace for lists, and the namespace for the Pod, the watch and the log."""


class BenchmarkClient(Protocol):
    """A client. Each method does its work once, and returns the number of objects, events or bytes."""

    async def get(self) -> int:
        """Get a Pod and read metadata, spec and status."""

    async def list(self) -> int:
        """List 500 Pods and read metadata, spec and status of each."""

    async def list_names(self) -> int:
        """List 500 Pods and read the name and labels of each."""

    async def list_full(self) -> int:
        """List 500 Pods and visit every field of each at every depth."""

    async def watch(self) -> int:
        """Read metadata, spec and status of every object of a watch."""

    async def watch_names(self) -> int:
        """Read the name and labels of every object of a watch."""

    async def watch_full(self) -> int:
        """Visit every field of every object of a watch at every depth."""

    async def log(self) -> int:
        """Read a log as lines of text."""


def require_present(*values: object) -> None:
    """Raise ValueError if one of the values that were read is None."""
    if None in values:
        raise ValueError("a field that the benchmark reads is missing from the object that the client returned")


def read_names(pod: Any) -> None:
    """Read the name and labels."""
    require_present(pod.metadata.name, pod.metadata.labels)


def read_pod_camel_case(pod: Any) -> None:
    """Read metadata, spec and status of an object with camelCase attributes, as in JSON."""
    require_present(pod.metadata.name, pod.spec.nodeName, pod.spec.containers[0].image, pod.status.phase)


def read_pod(pod: Any) -> None:
    """Read metadata, spec and status of an object with snake_case attributes."""
    require_present(pod.metadata.name, pod.spec.node_name, pod.spec.containers[0].image, pod.status.phase)


SCALARS = (str, int, float, bool, type(None))


def field_walker(fields: Callable[[Any], Sequence[str]]) -> Callable[[Any], None]:
    """Return a function that reads every field of an object, at every depth, through its public attributes.

    `fields` returns the names of the attributes of a class.
    """
    names = cache(fields)

    def walk(root: Any) -> None:
        count, stack = 0, [root]
        while stack:
            value = stack.pop()
            kind: Any = type(value)
            if kind in SCALARS:
                count += 1
            elif issubclass(kind, list):
                stack += value
            elif issubclass(kind, dict):
                stack += value.values()
            else:
                stack += [getattr(value, name) for name in names(kind)]
        if count < 100:
            raise ValueError("fewer than 100 fields were read, so the object was not read in full")

    return walk


async def count_characters(lines: AsyncIterator[str]) -> int:
    """Return the number of characters of ASCII lines, including line ends; a client may already have removed them."""
    return sum([len(line) + (not line.endswith("\n")) async for line in lines])
