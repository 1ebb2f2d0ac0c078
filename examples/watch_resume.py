"""Follow ConfigMaps for as long as the program runs, whatever happens to the watch.

A watch ends for many reasons: the server closes it after a while, a connection breaks, the server restarts or is
overloaded, a load balancer answers with an HTML page, or the server has forgotten the revision. Only then the
program lists the objects again, and reports those that are no longer there as deleted. For that it keeps the last state
of every object in memory. An error that does not pass, such as a missing permission, ends the program.
"""

from collections.abc import Callable
from typing import TypeAlias

import anyio

from kubex import Api, ApiError, Expired, TransportError, create_client
from kubex.errors import DecodeError
from kubex_k8s.v1_37.core.v1 import ConfigMap

Tell: TypeAlias = Callable[[str, ConfigMap], None]

# The last state of each object by UID: an object that was deleted and created again has another one.
Known: TypeAlias = dict[str | None, ConfigMap]

# A response that cannot be decoded is probably a page of a load balancer, with status 200.
FAILURES = (TransportError, ApiError, DecodeError)

# The statuses of a server that is overloaded, starts or stops, and of the load balancer in front of it.
PASSING = (429, 500, 502, 503, 504)


class Patience:
    """Waits after failures: as long as the server asks, else twice as long after each, up to half a minute."""

    def __init__(self) -> None:
        self.failures = 0

    async def after(self, error: TransportError | ApiError | DecodeError) -> None:
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
    known: Known = {}
    while True:
        try:
            listed = await api.list()
        except FAILURES as error:
            await patience.after(error)
            continue
        present: Known = {item.metadata.uid: item for item in listed}
        for uid, item in known.items():
            if uid not in present:
                tell("DELETED", item)
        for item in listed:
            tell("LISTED", item)
        known = present
        await follow_from(listed.resource_version, api, known, tell, patience)
        print("the server has forgotten where this watch was: listing again")


async def follow_from(revision: str | None, api: Api[ConfigMap], known: Known, tell: Tell, patience: Patience) -> None:
    """Tell of every change after a revision, until the server does not know it any more."""
    while True:
        events = api.watch(resource_version=revision)
        try:
            async with events:
                async for event in events:
                    patience.failures = 0
                    if event.type == "DELETED":
                        known.pop(event.object.metadata.uid, None)
                    else:
                        known[event.object.metadata.uid] = event.object
                    tell(event.type, event.object)
        except Expired:
            return
        except FAILURES as error:
            await patience.after(error)
        revision = events.resource_version


async def main() -> None:
    """Print what happens until Ctrl-C."""
    async with create_client() as client:
        await follow(Api(ConfigMap, client), lambda event, item: print(f"{event:8}  {item.metadata.name}"))


if __name__ == "__main__":
    anyio.run(main)
