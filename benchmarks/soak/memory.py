"""The memory of the process. It must not grow with the number of changes."""

import gc
import re
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_RSS_GROWTH = 1.3
"""The process keeps the memory of the longest history that the server had, and this length is random."""
MAX_BLOCKS_GROWTH = 1.05
"""The number of blocks in use does not depend on earlier ones, so it differs by about 1 %."""


@dataclass(frozen=True)
class Memory:
    """The memory of this process at a moment."""

    rss: int | None
    """The resident memory in bytes, if the system shows it."""
    blocks: int
    """The number of blocks that Python has allocated for objects of at most 512 bytes."""

    @classmethod
    def settled(cls) -> "Memory":
        """Measure the memory after a garbage collection."""
        gc.collect()
        status = Path("/proc/self/status")
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return cls(int(found[1]) * 1024 if found else None, sys.getallocatedblocks())

    @property
    def limit(self) -> "Memory":
        """The maximum at the end of a run, if this is the memory after its first quarter."""
        rss = None if self.rss is None else int(self.rss * MAX_RSS_GROWTH)
        return Memory(rss, int(self.blocks * MAX_BLOCKS_GROWTH))

    def exceeds(self, limit: "Memory") -> bool:
        """Return whether one of the values is larger than its limit."""
        return self.blocks > limit.blocks or (self.rss or 0) > (limit.rss or sys.maxsize)

    def __str__(self) -> str:
        rss = "unknown" if self.rss is None else f"{self.rss / 2**20:.0f} MiB"
        return f"RSS {rss}, {self.blocks:,} blocks"
