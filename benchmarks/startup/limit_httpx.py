"""Send one GET with httpx or httpx2 in a new process, and print the CPU seconds of the process."""

import asyncio
import sys
import time
from importlib import import_module

from pydantic_core import from_json


async def main(library: str, url: str, path: str) -> None:
    """Get one Pod."""
    async with import_module(library).AsyncClient() as client:
        pod = from_json((await client.get(url + path)).content)
    assert pod["spec"]["nodeName"]


asyncio.run(main(*sys.argv[1:]))
print(time.process_time())
