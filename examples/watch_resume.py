"""Follow ConfigMaps for as long as the program runs, whatever happens to the watch.

A watch ends by itself: the server closes it after a while, connections break, the server is restarted or overloaded,
and a revision that it should go on from may be forgotten. Only after the last the objects are listed again; nothing is
lost by the others. What waiting does not mend, such as a missing permission, ends the program.
"""

from collections.abc import Callable
from typing import TypeAlias

import anyio

from kubex import Api, ApiError, Expired, TransportError, create_client
from kubex_k8s.v1_37.core.v1 import ConfigMap

Tell: TypeAlias = Callable[[str, ConfigMap], None]

# What a server answers that is overloaded, starts or stops, and what a load balancer before it answers then.
PASSING = (429, 500, 502, 503, 504)


class Patience:
    """Waits after failures: as long as the server asks, else twice as long after each, up to half a minute."""

    def __init__(self) -> None:
        self.failures = 0

    async def after(self, error: TransportError | ApiError) -> None:
        """Wait after a failure; raises it again if it will not pass."""
        if isinstance(error, ApiError) and error.status not in PASSING:
            raise error
        asked = error.retry_after if isinstance(error, ApiError) else None
        delay = asked if asked is not None else min(0.5 * 2 ** min(self.failures, 6), 30)
        self.failures += 1
        print(f"going on in {delay:g} s after: {error}")
        await anyio.sleep(delay)


async def follow(api: Api[ConfigMap], tell: Tell) -> None:
    """Tell of the objects that are there (`LISTED`), then of every change; never returns."""
    patience = Patience()
    while True:
        try:
            listed = await api.list()
        except (TransportError, ApiError) as error:
            await patience.after(error)
            continue
        for item in listed.items:
            tell("LISTED", item)
        await follow_from(listed.resource_version, api, tell, patience)
        print("the server has forgotten where this watch was: listing again")


async def follow_from(revision: str | None, api: Api[ConfigMap], tell: Tell, patience: Patience) -> None:
    """Tell of every change after a revision, until the server does not know it any more."""
    while True:
        events = api.watch(resource_version=revision)
        try:
            async with events:
                async for event in events:
                    patience.failures = 0
                    tell(event.type, event.object)
        except Expired:
            return
        except (TransportError, ApiError) as error:
            await patience.after(error)
        revision = events.resource_version


async def main() -> None:
    """Print what happens until Ctrl-C."""
    async with create_client() as client:
        await follow(Api(ConfigMap, client), lambda event, item: print(f"{event:8}  {item.metadata.name}"))


if __name__ == "__main__":
    anyio.run(main)
