"""Follow ConfigMaps for as long as the program runs, and handle every error of a watch.

A watch ends for many reasons: the server closes it after some time, a connection breaks, the server restarts or is
overloaded, a load balancer returns an HTML page, or the server no longer has the resource version. In the last case the
program lists the objects again, and reports objects that no longer exist as deleted. So it keeps the last state of
every object in memory. A permanent error, such as a missing permission, ends the program.
"""

from collections.abc import Callable
from typing import TypeAlias

import anyio

from kubex import Api, ApiError, Expired, KubexError, create_client
from kubex.errors import is_transient
from kubex_k8s.v1_37.core.v1 import ConfigMap

Report: TypeAlias = Callable[[str, ConfigMap], None]

# The last state of each object by UID. An object that was deleted and created again has a different UID.
ObjectsByUid: TypeAlias = dict[str | None, ConfigMap]


class Backoff:
    """Waits after errors: for `retry_after` if the server sent it, otherwise with a delay that doubles up to 30 s."""

    def __init__(self) -> None:
        self.failures = 0

    async def wait_after(self, error: KubexError) -> None:
        """Wait after an error; raises it again if it is permanent."""
        if not is_transient(error):
            raise error
        retry_after = error.retry_after if isinstance(error, ApiError) else None
        delay = retry_after if retry_after is not None else min(0.5 * 2 ** min(self.failures, 6), 30)
        self.failures += 1
        print(f"retrying in {delay:g} s after: {error}")
        await anyio.sleep(delay)


async def follow(api: Api[ConfigMap], report: Report) -> None:
    """Report the existing objects (`LISTED`), then every change; never returns."""
    backoff = Backoff()
    objects: ObjectsByUid = {}
    while True:
        try:
            listed = await api.list()
        except KubexError as error:
            await backoff.wait_after(error)
            continue
        present: ObjectsByUid = {item.metadata.uid: item for item in listed}
        for uid, item in objects.items():
            if uid not in present:
                report("DELETED", item)
        for item in listed:
            report("LISTED", item)
        objects = present
        await follow_from(listed.resource_version, api, objects, report, backoff)
        print("the server no longer has the resource version: listing the objects again")


async def follow_from(
    resource_version: str | None, api: Api[ConfigMap], objects: ObjectsByUid, report: Report, backoff: Backoff
) -> None:
    """Report every change after a resource version, until the server no longer has it."""
    while True:
        events = api.watch(resource_version=resource_version)
        try:
            async with events:
                async for event in events:
                    backoff.failures = 0
                    if event.type == "DELETED":
                        objects.pop(event.object.metadata.uid, None)
                    else:
                        objects[event.object.metadata.uid] = event.object
                    report(event.type, event.object)
        except Expired:
            return
        except KubexError as error:
            await backoff.wait_after(error)
        resource_version = events.resource_version


async def main() -> None:
    """Print every change until Ctrl-C."""
    async with create_client() as client:
        await follow(Api(ConfigMap, client), lambda event, item: print(f"{event:8}  {item.metadata.name}"))


if __name__ == "__main__":
    anyio.run(main)
