"""Take samples: the limit and Kubex alternate, each in a new process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.affinity import cores, pinned
from benchmarks.cases import STARTUP, SUBJECTS, Plan
from benchmarks.server import Sizes
from benchmarks.subjects.base import POD

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Sample:
    """The measurement of one process. `cpu`, `wall` and `first_item` are in seconds, `peak_rss` is in bytes."""

    round: int
    pair: str
    case: str
    subject: str
    units: int
    cpu: float
    wall: float | None = None
    peak_rss: int | None = None
    first_item: float | None = None


@contextmanager
def server(sizes: Sizes, core: int | None = None) -> Iterator[str]:
    """Run the server in a separate process; the value is its URL."""
    arguments: list[str] = []
    for name, value in vars(sizes).items():
        arguments += [f"--{name.replace('_', '-')}", str(value)]
    with server_process("benchmarks.server", arguments, core) as url:
        yield url


@contextmanager
def server_process(module: str, arguments: list[str], core: int | None = None) -> Iterator[str]:
    """Run a module that prints the URL of its server in a separate process; the value is the URL."""
    command = [sys.executable, "-m", module, *arguments]
    if core is not None:
        command += ["--core", str(core)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_environment(), cwd=ROOT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the benchmark server did not start; run `python -m {module} --help`")
        yield url  # at the end of the block, Popen closes the standard input of the server, which stops it


def samples(plan: Plan, pairs: tuple[str, ...], rounds: int, *, startup: bool) -> Iterator[Sample]:
    """Take all samples, round by round. Every second round has the reverse order, to balance drift of the machine."""
    client_core, server_core = cores()
    with server(plan.sizes, server_core) as url, pinned(client_core):
        steps = [
            (pair, case.name, subject, case.count) for case in plan.cases for pair in pairs for subject in case.subjects
        ]
        if startup:
            steps += [
                (pair, STARTUP, subject, 1) for pair in pairs if pair.endswith("/asyncio") for subject in SUBJECTS
            ]
        for number in range(rounds):
            for pair, name, subject, count in steps if number % 2 == 0 else reversed(steps):
                yield _sample(number, pair, name, subject, count, url)


def _sample(number: int, pair: str, name: str, subject: str, count: int, url: str) -> Sample:
    if name == STARTUP:
        library = pair.partition("/")[0]
        limit = "limit_aiohttp.py" if library == "aiohttp" else "limit_httpx.py"
        script = ROOT / "benchmarks" / "startup" / (limit if subject == "limit" else "kubex_client.py")
        return Sample(number, pair, name, subject, 1, float(run([str(script), library, url, POD])))
    measured = json.loads(run(["-m", "benchmarks.worker", name, subject, pair, url, str(count)]))
    return Sample(number, pair, name, subject, **measured)


def run(command: list[str], python: str = sys.executable, *, timeout: float | None = None) -> str:
    """Run Python in a separate process with a minimal environment; return its output."""
    done = subprocess.run(
        [python, *command],
        cwd=ROOT,
        env=_environment(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=timeout,
    )
    return done.stdout


def _environment() -> dict[str, str]:
    # Proxies, kubeconfigs and PYTHON* variables of the user would change the measurements.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)}
