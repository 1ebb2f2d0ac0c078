"""Send one GET with aiohttp in a new process, and print the CPU seconds of the process."""

import asyncio
import sys
import time

import aiohttp
from pydantic_core import from_json


async def main(_library: str, url: str, path: str) -> None:
    """Get one Pod."""
    async with aiohttp.ClientSession() as session, session.get(url + path) as response:
        pod = from_json(await response.read())
    assert pod["spec"]["nodeName"]


asyncio.run(main(*sys.argv[1:]))
print(time.process_time())
