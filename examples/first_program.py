"""Print the version and the namespaces of a cluster: `python examples/first_program.py`."""

import asyncio

from kubex import Api, create_client
from kubex_k8s.v1_37.core.v1 import Namespace


async def main() -> None:
    """Connect, and print what the cluster returns."""
    async with create_client() as client:
        version = await client.version()
        print(f"Kubernetes {version.git_version}")

        namespaces = Api(Namespace, client)
        for namespace in await namespaces.list():
            print(namespace.metadata.name)


if __name__ == "__main__":
    asyncio.run(main())
