"""The memory of this process. The modules of other clients import it, so it uses only the standard library."""

import gc
import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def _read(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text()) if _STATUS.exists() else None
    return int(found[1]) * 1024 if found else 0


def resident() -> int:
    """Collect garbage, return free memory to the system, and return the resident memory in bytes."""
    gc.collect()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)
    return _read("VmRSS")


def peak() -> int:
    """Return the peak of the resident memory in bytes."""
    return _read("VmHWM")
