"""Take one sample in a new process: `python -m benchmarks.worker` prints it as JSON."""

import argparse
import gc
import json
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio

from benchmarks.cases import CASES, Case
from benchmarks.subjects import open_subject


@dataclass(frozen=True)
class Measurement:
    """One sample: CPU time (user and system) and elapsed time in seconds, and the peak memory in bytes."""

    units: int
    cpu: float
    wall: float
    peak_rss: int | None
    first_item: float | None


async def measure(case: Case, subject: str, library: str, url: str, count: int) -> Measurement:
    """Warm up, then measure the work of a case."""
    async with open_subject(subject, library, url) as connected:
        if case.warm_up is not None:
            await case.warm_up(connected, count)
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        outcome = await case.work(connected, count)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measurement(outcome.units, cpu, wall, peak_rss(), outcome.first_item)


def peak_rss() -> int | None:
    """Return the peak memory of this process in bytes. `ru_maxrss` would include the parent process."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else None


def main() -> None:
    """Take one sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("case", "subject", "pair", "url"):
        parser.add_argument(name)
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    case = next(case for case in CASES if case.name == options.case)
    library, _, runtime = options.pair.partition("/")
    measured = anyio.run(measure, case, options.subject, library, options.url, options.count, backend=runtime)
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
