"""Compare the generated models with `pydantic_core.from_json` in one run; see docs/benchmarks.md."""

import json
from collections.abc import Iterator

from benchmarks.affinity import cores, pinned
from benchmarks.goal_benchmark import run_goal_benchmark
from benchmarks.models.goals import AFTER_MODEL, AFTER_PYDANTIC, PAIR, ROWS
from benchmarks.models.imports import IMPORTS
from benchmarks.models.worker import CASES
from benchmarks.pods import documents
from benchmarks.runner import Sample, run, server
from benchmarks.server import Sizes
from benchmarks.subjects.base import POD

_STARTUP = {"limit": "benchmarks/startup/limit_aiohttp.py", "kubex": "benchmarks/models/kubex_startup.py"}

Step = tuple[str, str, str, list[str]]
"""Case, pair or baseline, subject, and the command that takes the sample."""


def _steps(url: str, *, tiny: bool) -> list[Step]:
    steps: list[Step] = []
    for case, (count, subjects) in CASES.items():
        for subject in subjects:
            command = ["-m", "benchmarks.models.worker", case, subject, "1" if tiny else str(count)]
            steps.append((case, PAIR, subject, command))
    pod = documents.encode(documents.pod(0)).decode()
    for case in IMPORTS:
        for pair, baseline in ((AFTER_PYDANTIC, "pydantic"), (AFTER_MODEL, "model")):
            steps.append((case, pair, "kubex", ["-m", "benchmarks.models.imports", case, baseline, pod]))
    steps += [("startup", PAIR, subject, [script, "aiohttp", url, POD]) for subject, script in _STARTUP.items()]
    return steps


def _samples(rounds: int, *, tiny: bool) -> Iterator[Sample]:
    client_core, server_core = cores()
    with server(Sizes(1, 1, 1, 2**10), server_core) as url, pinned(client_core):
        steps = _steps(url, tiny=tiny)
        # Write the .pyc files of all modules before anything is measured.
        run(["-m", "benchmarks.models.imports", "import-everything", "model", ""])
        for number in range(rounds):
            for case, pair, subject, command in steps if number % 2 == 0 else reversed(steps):
                measured = json.loads(run(command))
                if isinstance(measured, float):
                    measured = {"units": 1, "cpu": measured}
                yield Sample(number, pair, case, subject, **measured)


def main() -> None:
    """Run the command of this benchmark."""
    run_goal_benchmark("models", __doc__, _samples, ROWS, rounds=9)


if __name__ == "__main__":
    main()
