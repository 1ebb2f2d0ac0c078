"""The number of workers for `-n auto`, and an estimate of the duration."""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

# The CPU seconds for the tests of each folder on one core, with a control plane. The tests rarely wait, so the duration
# is divided by the number of workers. A test checks that each folder has a row.
CPU_SECONDS = {
    "behaviour": 410,
    "benchmarks": 30,
    "client": 150,
    "codegen": 60,
    "configuration": 40,
    "controlplane": 5,
    "core": 15,
    "discovery": 5,
    "docs": 110,
    "k8s": 60,
    "manifests": 10,
    "meta": 40,
    "models": 30,
    "mutants": 40,
    "ops": 50,
    "packaging": 5,
    "policy": 15,
    "runtime": 60,
    "streaming": 50,
    "testing": 150,
    "transport": 150,
    "typing": 40,
}


def folders_in(arguments: Iterable[str], base: Path) -> set[str]:
    """Return the folders of tests/ in the arguments of pytest. Single files are ignored."""
    found: set[str] = set()
    for argument in arguments:
        path = (base / argument.partition("::")[0]).resolve()
        if path == TESTS or path in TESTS.parents:
            found.update(CPU_SECONDS)
        elif path.is_dir() and TESTS in path.parents:
            found.add(path.relative_to(TESTS).parts[0])
    return found


def selected_folders(config: pytest.Config) -> set[str]:
    """Return the folders that this run includes."""
    return folders_in(config.args, config.invocation_params.dir)


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Disable workers for single files, which run faster than workers start, and if output is not captured."""
    return 0 if not selected_folders(config) or config.option.capture == "no" else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Print the estimate. With -q, pytest ignores pytest_report_header."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    seconds = sum(CPU_SECONDS.get(folder, 0) for folder in selected_folders(config))
    if reporter is not None and seconds and not config.option.collectonly and not hasattr(config, "workerinput"):
        workers = max(1, config.option.numprocesses or 0)
        filtered = "at most " if config.option.keyword or config.option.markexpr else ""
        reporter.write_line(
            f"estimated duration: {filtered}{format_duration(seconds / workers)} with {workers} at a time"
        )


def format_duration(seconds: float) -> str:
    """Return a rounded duration, such as `40 s` or `8 min`."""
    return f"{max(10, round(seconds, -1)):.0f} s" if seconds < 95 else f"{seconds / 60:.0f} min"
