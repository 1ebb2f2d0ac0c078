"""The generated models beside `pydantic_core.from_json`, in one interleaved run; see docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.affinity import cores, pinned
from benchmarks.models.goals import ABOVE_MODEL, ABOVE_PYDANTIC, PAIR, ROWS
from benchmarks.models.imports import IMPORTS
from benchmarks.models.work import CASES
from benchmarks.pods import documents
from benchmarks.report import described, goal_rows, machine, markdown, rewrite_block, text, write_samples
from benchmarks.runner import Sample, run, server
from benchmarks.server import Sizes
from benchmarks.subjects.base import POD

_STARTUP = {"limit": "benchmarks/startup/limit_on_aiohttp.py", "kubex": "benchmarks/models/first_get.py"}

Step = tuple[str, str, str, list[str]]
"""Case, what it is measured above or on, subject, and the command that takes the sample."""


def _steps(url: str, *, tiny: bool) -> list[Step]:
    steps: list[Step] = []
    for case, (count, subjects) in CASES.items():
        for subject in subjects:
            command = ["-m", "benchmarks.models.work", case, subject, "1" if tiny else str(count)]
            steps.append((case, PAIR, subject, command))
    pod = documents.encode(documents.pod(0)).decode()
    for what in IMPORTS:
        for pair, above in ((ABOVE_PYDANTIC, "pydantic"), (ABOVE_MODEL, "model")):
            steps.append((what, pair, "kubex", ["-m", "benchmarks.models.imports", what, above, pod]))
    steps += [("startup", PAIR, subject, [script, url, POD]) for subject, script in _STARTUP.items()]
    return steps


def _samples(rounds: int, *, tiny: bool) -> Iterator[Sample]:
    client_core, server_core = cores()
    with server(Sizes(1, 1, 1, 2**10), server_core) as url, pinned(client_core):
        steps = _steps(url, tiny=tiny)
        run(["-m", "benchmarks.models.imports", "import-everything", "model", ""])  # so that all is compiled
        for number in range(rounds):
            for case, pair, subject, command in steps if number % 2 == 0 else reversed(steps):
                measured = json.loads(run(command))
                if isinstance(measured, float):
                    measured = {"units": 1, "cpu": measured}
                yield Sample(number, pair, case, subject, **measured)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="samples of everything (default: 9)")
    parser.add_argument("--tiny", action="store_true", help="next to no work: shows that everything runs")
    parser.add_argument("--output", type=Path, help="write the raw samples to this JSON file")
    parser.add_argument("--markdown", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    taken: list[Sample] = []
    for sample in _samples(options.rounds, tiny=options.tiny):
        taken.append(sample)
        print(f"round {sample.round + 1}/{options.rounds}  {sample.case} {sample.subject}", file=sys.stderr)
    about, rows = machine(), goal_rows(taken, ROWS)
    print(text(rows))
    if options.output is not None:
        write_samples(options.output, taken, about)
    if options.markdown:
        rewrite_block("models", f"{described(taken, about)}\n\n{markdown(rows)}")


if __name__ == "__main__":
    main()
