"""The number of workers for `-n auto`, and an estimate of the duration."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

# The CPU seconds for the tests of each folder on one core, with a control plane. The duration is divided by the number
# of cores. A test checks that each folder has a row.
CPU_SECONDS = {
    "behaviour": 650,
    "benchmarks": 150,
    "client": 160,
    "codegen": 40,
    "configuration": 35,
    "controlplane": 7,
    "core": 10,
    "discovery": 5,
    "docs": 350,
    "k8s": 25,
    "manifests": 5,
    "meta": 50,
    "models": 25,
    "mutants": 45,
    "ops": 45,
    "packaging": 5,
    "policy": 25,
    "runtime": 150,
    "streaming": 110,
    "testing": 270,
    "transport": 450,
    "typing": 15,
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
    """Return one worker more than there are cores, because tests wait for servers and programs.

    Disable workers for single files, which run faster than workers start, and if output is not captured.
    """
    return 0 if not selected_folders(config) or config.option.capture == "no" else (os.cpu_count() or 1) + 1


def pytest_sessionstart(session: pytest.Session) -> None:
    """Print the estimate. With -q, pytest ignores pytest_report_header."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    seconds = sum(CPU_SECONDS.get(folder, 0) for folder in selected_folders(config))
    if reporter is not None and seconds and not config.option.collectonly and not hasattr(config, "workerinput"):
        workers = max(1, config.option.numprocesses or 0)
        cores = min(workers, os.cpu_count() or 1)
        filtered = "at most " if config.option.keyword or config.option.markexpr else ""
        reporter.write_line(
            f"estimated duration: {filtered}{format_duration(seconds / cores)} with {workers} at a time"
        )


def format_duration(seconds: float) -> str:
    """Return a rounded duration, such as `40 s` or `8 min`."""
    return f"{max(10, round(seconds, -1)):.0f} s" if seconds < 95 else f"{seconds / 60:.0f} min"
