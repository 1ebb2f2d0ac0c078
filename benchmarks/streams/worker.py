"""Take one sample in a new process: `python -m benchmarks.streams.worker` prints it as JSON."""

import argparse
import gc
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import anyio

from benchmarks.streams.cases import CASE_NAMES, CASES, INPUT, StreamCase, StreamSubject
from benchmarks.worker import Measurement, peak_rss


def open_subject(name: str, library: str, url: str) -> StreamSubject:
    """Return the subject `limit` or `kubex` on a library."""
    if name == "kubex":
        from benchmarks.streams.kubex_subject import KubexStreams

        return KubexStreams(library, url)
    from benchmarks.streams.raw_subjects import AiohttpStreams, HttpxStreams

    return AiohttpStreams(url) if library == "aiohttp" else HttpxStreams(library, url)


async def measure(case: StreamCase, subject: str, library: str, url: str, size: int) -> Measurement:
    """Warm up, then measure the work of a case."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_subject(subject, library, url) as connected:
            prepare_files(connected, case, Path(folder, "warm-up"), case.tiny_size)
            await case.work(connected, case.tiny_size)
            prepare_files(connected, case, Path(folder, "measured"), size)
            return await _measure(case, connected, size)


def prepare_files(subject: StreamSubject, case: StreamCase, folder: Path, size: int) -> None:
    """Create the data and the local files of a case."""
    folder.mkdir()
    subject.source, subject.target = folder / "source", folder / "target"
    if case.has_source:
        subject.content = INPUT * (size // len(INPUT))
        subject.source.write_bytes(subject.content)


async def _measure(case: StreamCase, connected: StreamSubject, size: int) -> Measurement:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    units = await case.work(connected, size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measurement(units, cpu, wall, peak_rss(), None)


def main() -> None:
    """Take one sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASE_NAMES)
    for name in ("subject", "pair", "url"):
        parser.add_argument(name)
    parser.add_argument("size", type=int)
    options = parser.parse_args()
    case = next(case for case in CASES if case.name == options.case)
    library, _, runtime = options.pair.partition("/")
    measured = anyio.run(measure, case, options.subject, library, options.url, options.size, backend=runtime)
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
