"""Follow ConfigMaps for as long as the program runs, and handle every error of a watch.

A watch ends for many reasons: the server closes it after some time, a connection breaks, the server restarts or is
overloaded, a load balancer returns an HTML page, or the server no longer has the resource version. In the last case the
program lists the objects again, and reports objects that no longer exist as deleted. So it keeps the last state of
every object in memory. A permanent error, such as a missing permission, ends the program.
"""

from collections.abc import Callable
from typing import TypeAlias

import anyio

from kubex import Api, ApiError, Expired, TransportError, create_client
from kubex.errors import DecodeError
from kubex_k8s.v1_37.core.v1 import ConfigMap

Tell: TypeAlias = Callable[[str, ConfigMap], None]

# The last state of each object by UID. An object that was deleted and created again has a different UID.
Known: TypeAlias = dict[str | None, ConfigMap]

# A response that cannot be decoded is probably an HTML page of a load balancer, with status 200.
FAILURES = (TransportError, ApiError, DecodeError)

# Statuses of a server that is overloaded, starting or stopping, or of a load balancer in front of it.
PASSING = (429, 500, 502, 503, 504)


class Patience:
    """Waits after failures: for `retry_after` if the server sent it, otherwise with a delay that doubles up to 30 s."""

    def __init__(self) -> None:
        self.failures = 0

    async def after(self, error: TransportError | ApiError | DecodeError) -> None:
        """Wait after a failure; raises the error again if it is permanent."""
        if isinstance(error, ApiError) and error.status not in PASSING:
            raise error
        asked = error.retry_after if isinstance(error, ApiError) else None
        delay = asked if asked is not None else min(0.5 * 2 ** min(self.failures, 6), 30)
        self.failures += 1
        print(f"retrying in {delay:g} s after: {error}")
        await anyio.sleep(delay)


async def follow(api: Api[ConfigMap], tell: Tell) -> None:
    """Report the existing objects (`LISTED`), then every change; never returns."""
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
        print("the server no longer has the resource version: listing the objects again")


async def follow_from(revision: str | None, api: Api[ConfigMap], known: Known, tell: Tell, patience: Patience) -> None:
    """Report every change after a resource version, until the server no longer has it."""
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
    """Print every change until Ctrl-C."""
    async with create_client() as client:
        await follow(Api(ConfigMap, client), lambda event, item: print(f"{event:8}  {item.metadata.name}"))


if __name__ == "__main__":
    anyio.run(main)
