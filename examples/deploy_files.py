"""Show what YAML files would change, apply them and wait for the rollout: `python examples/deploy_files.py PATH`.

PATH is a file or a folder. The exit code is 1 if an object fails, or is not ready within 5 minutes.
"""

import sys
from pathlib import Path

import anyio
import anyio.to_thread

from kubex import create_client
from kubex.errors import ManifestError
from kubex.manifests import load
from kubex_ops import apply, diff
from kubex_ops.errors import OperationError

FIELD_MANAGER = "deploy-files"


async def main(path: str, timeout: float = 300) -> None:
    """Deploy the files; exit with the reason if an object fails."""
    try:
        documents = await anyio.to_thread.run_sync(load, Path(path))  # reading files blocks
        async with create_client() as client:
            for change in await diff(client, documents, field_manager=FIELD_MANAGER):
                print(change.text(), end="")
            report = await apply(client, documents, field_manager=FIELD_MANAGER, wait=True, timeout=timeout)
    except (ManifestError, OperationError) as error:
        sys.exit(str(error))
    print(report)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} PATH")
    anyio.run(main, sys.argv[1])
