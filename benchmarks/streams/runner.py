"""Take samples of streams: the limit and Kubex alternate, each in a new process."""

import json
from collections.abc import Iterator

from benchmarks.affinity import cores, pinned
from benchmarks.cases import SUBJECTS
from benchmarks.runner import Sample, run, server_process
from benchmarks.streams.cases import CASES


def stream_samples(names: tuple[str, ...], pairs: tuple[str, ...], rounds: int, *, tiny: bool) -> Iterator[Sample]:
    """Take all samples, round by round. Every second round has the reverse order."""
    client_core, server_core = cores()
    with server_process("benchmarks.streams.server", [], server_core) as url, pinned(client_core):
        cases = [case for case in CASES if case.name in names]
        steps = [(case, pair, subject) for case in cases for pair in pairs for subject in SUBJECTS]
        for number in range(rounds):
            for case, pair, subject in steps if number % 2 == 0 else reversed(steps):
                size = str(case.tiny_size if tiny else case.size)
                measured = json.loads(run(["-m", "benchmarks.streams.worker", case.name, subject, pair, url, size]))
                yield Sample(number, pair, case.name, subject, **measured)
