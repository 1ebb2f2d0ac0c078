"""Work on plain dicts, which both bare libraries share."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from pydantic_core import from_json

from benchmarks.subjects.base import reads


def read_pod(pod: dict[str, Any]) -> None:
    """Read metadata, spec and status."""
    spec = pod["spec"]
    reads(pod["metadata"]["name"], spec["nodeName"], spec["containers"][0]["image"], pod["status"]["phase"])


async def read_events(chunks: AsyncIterator[bytes]) -> int:
    """Read each object of a watch."""
    return await each_event(chunks, read_pod)


async def each_event(chunks: AsyncIterator[bytes], read: Callable[[dict[str, Any]], None]) -> int:
    """Cut a watch into lines, as cheaply as Python can, and read each object as `read` does."""
    count = 0
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            event = from_json(line)
            reads(event["type"])
            read(event["object"])
        count += len(lines)
    return count


async def read_log(chunks: AsyncIterator[bytes]) -> int:
    """Read chunks and look at nothing."""
    return sum([len(chunk) async for chunk in chunks])
