"""Follow ConfigMaps for as long as the program runs, whatever happens to the watch.

A watch ends by itself: the server closes it after a while, connections break, and a revision that it should go on from
may be forgotten. The first two lose nothing; after the third the objects are listed again.
"""

from collections.abc import Callable

import anyio

from kubex.api import Api
from kubex.client import create_client
from kubex.core.exceptions import Expired, TransportError
from kubex_k8s.v1_37.core.v1 import ConfigMap


async def follow(api: Api[ConfigMap], tell: Callable[[str, ConfigMap], None]) -> None:
    """Tell of the objects that are there (`LISTED`), then of every change; never returns."""
    while True:
        listed = await api.list()
        for item in listed.items:
            tell("LISTED", item)
        try:
            await follow_from(listed.resource_version, api, tell)
        except Expired:
            print("the server has forgotten where this watch was: listing again")


async def follow_from(revision: str | None, api: Api[ConfigMap], tell: Callable[[str, ConfigMap], None]) -> None:
    """Tell of every change after a revision; raises Expired when the server does not know it any more."""
    while True:
        events = api.watch(resource_version=revision)
        try:
            async with events:
                async for event in events:
                    if event.type != "BOOKMARK":
                        tell(event.type, event.object)
        except TransportError as error:
            print(f"going on after: {error}")
            await anyio.sleep(1)
        revision = events.resource_version


async def main() -> None:
    """Print what happens until Ctrl-C."""
    async with create_client() as client:
        await follow(Api(ConfigMap, client), lambda event, item: print(f"{event:8}  {item.metadata.name}"))


if __name__ == "__main__":
    anyio.run(main)
