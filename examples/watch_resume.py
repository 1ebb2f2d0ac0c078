"""Follow ConfigMaps for as long as the program runs, through every failure of a watch.

`follow()` reconnects, waits, and lists the objects again if the server no longer has the missed changes. It raises an
error only if waiting does not help, for example if a permission is missing at the start.
"""

import anyio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Synced, follow


async def main() -> None:
    """Print every change until Ctrl-C."""
    async with create_client() as client, follow(Api(ConfigMap, client)) as changes:
        async for change in changes:
            if not isinstance(change, Synced):
                print(f"{type(change).__name__:8}  {change.object.metadata.name}", flush=True)


if __name__ == "__main__":
    anyio.run(main)
