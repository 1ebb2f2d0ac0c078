"""Apply all YAML files of a folder, and wait until everything is ready: `python examples/apply_directory.py FOLDER`.

A bar shows the progress. The exit code is 1 if an object fails, or is not ready within 5 minutes.
"""

import sys
from pathlib import Path

import anyio
import anyio.to_thread

from kubex import create_client
from kubex.errors import ManifestError
from kubex.manifests import load
from kubex_ops import Result, apply
from kubex_ops.errors import OperationError

WIDTH = 30


class ProgressBar:
    """Shows how many objects have a result."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def show(self, result: Result) -> None:
        """Add a result."""
        self.done += 1
        filled = WIDTH * self.done // self.total
        bar = "#" * filled + "." * (WIDTH - filled)
        print(f"[{bar}] {self.done}/{self.total} {result.outcome} {result.document.kind} {result.document.name}")


async def main(folder: str, timeout: float = 300) -> None:
    """Apply the files; exit with the reason if an object fails."""
    try:
        documents = await anyio.to_thread.run_sync(load, Path(folder))  # reading files blocks
        progress = ProgressBar(len(documents))
        async with create_client() as client:
            report = await apply(
                client, documents, field_manager="apply-directory", wait=True, timeout=timeout, on_result=progress.show
            )
    except (ManifestError, OperationError) as error:
        sys.exit(str(error))
    print(report)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER")
    anyio.run(main, sys.argv[1])
