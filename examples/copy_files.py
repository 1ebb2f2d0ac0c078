"""Copy a file or folder to or from a pod, with a progress bar: `python examples/copy_files.py SOURCE TARGET`.

A path in a pod is `POD:PATH`; the other path is local. For example:

    python examples/copy_files.py site web-0:/srv/www
    python examples/copy_files.py web-0:/var/log/app.log app.log
"""

import sys
import time

import anyio

from kubex import Api, KubexError, create_client
from kubex_k8s.v1_37.core.v1 import Pod

WIDTH = 30
REDRAW_INTERVAL = 0.1
MIB = 2**20


class ProgressBar:
    """Draws a line with the copied bytes, at most ten times per second."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._drawn = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Draw the line. The total is unknown for the download of a folder."""
        now = time.monotonic()
        if now - self._drawn < REDRAW_INTERVAL and done != total:
            return
        self._drawn = now
        rate = done / MIB / max(now - self._start, 0.001)
        if total is None:
            text = f"{done / MIB:.1f} MiB"
        else:
            filled = WIDTH if total == 0 else WIDTH * done // total
            text = f"[{'#' * filled}{' ' * (WIDTH - filled)}] {done / MIB:.1f} of {total / MIB:.1f} MiB"
        print(f"\r{text}, {rate:.1f} MiB/s", end="", file=sys.stderr, flush=True)


def split(path: str) -> tuple[str, str] | None:
    """Return the pod and the path in it, or None for a local path."""
    pod, separator, remote = path.partition(":")
    return (pod, remote) if separator and "/" not in pod else None


async def main(source: str, target: str) -> None:
    """Copy the source to the target. One of them must be in a pod."""
    from_pod, to_pod = split(source), split(target)
    async with create_client() as client:
        files = Api(Pod, client).files
        if to_pod is not None and from_pod is None:
            await files.upload(to_pod[0], source, to_pod[1], progress=ProgressBar())
        elif from_pod is not None and to_pod is None:
            await files.download(from_pod[0], from_pod[1], target, progress=ProgressBar())
        else:
            raise SystemExit("one of the paths must be POD:PATH, and the other one a local path")
    print(file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} SOURCE TARGET")
    try:
        anyio.run(main, sys.argv[1], sys.argv[2])
    except (KubexError, OSError) as error:
        sys.exit(f"\n{error}")
