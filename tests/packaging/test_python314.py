"""The script that finds or prepares Python 3.14, with a stand-in for `debootstrap`: the real one takes minutes."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "python314.py"

# Installs an interpreter, and a loader that prints what the check of the script expects from Python 3.14.
DEBOOTSTRAP = f"""#!{sys.executable} -IS
import pathlib, sys
here, target = pathlib.Path(sys.argv[0]).parent, pathlib.Path(sys.argv[-1])
with (here / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if (here / "fails").exists():
    sys.exit("E: debootstrap can only run as root")
for name in ("usr/bin/python3.14", "usr/lib/some-linux/ld-linux-some.so.2"):
    path = target / name
    path.parent.mkdir(parents=True)
    path.write_text('#!/bin/sh\\necho "$@" >>' + str(here / "starts") + "\\n" + (here / "answer").read_text())
    path.chmod(0o755)
"""


@dataclass
class Machine:
    """A machine with programs of its own and an empty cache."""

    programs: Path
    cache: Path

    def start(self, **environ: str) -> "subprocess.Popen[str]":
        """Start the script."""
        path = {"PATH": str(self.programs), "KUBEX_PYTHON_CACHE": str(self.cache)}
        return subprocess.Popen(
            [sys.executable, SCRIPT],
            env={**os.environ, **path, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, **environ: str) -> tuple[int, str, str]:
        """Run the script and return its exit code, its output and its messages."""
        process = self.start(**environ)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def add(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def calls(self) -> list[str]:
        """Return the arguments of each call of debootstrap."""
        calls = self.programs / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give the test a machine."""
    made = Machine(tmp_path / "programs", tmp_path / "the cache")
    made.programs.mkdir()
    made.add("debootstrap", DEBOOTSTRAP)
    made.add("answer", "echo 3.14\n")
    return made


def test_it_prepares_python_once_and_prints_only_its_path(machine: Machine) -> None:
    code, first, errors = machine.run()
    assert code == 0, errors
    path = Path(first.rstrip("\n"))
    assert path.parts[-3:] == ("usr", "bin", "python3.14")
    assert machine.cache in path.parents
    assert "in about two minutes" in errors
    assert machine.run() == (0, first, "")
    assert len(machine.calls()) == 1


def test_the_interpreter_starts_with_its_own_loader_and_by_the_name_it_was_called(machine: Machine) -> None:
    path = Path(machine.run()[1].strip())
    link = machine.programs / "python"
    link.symlink_to(path)
    subprocess.run([link, "-c", "a b"], check=True, capture_output=True)
    libraries = path.parents[1] / "lib/some-linux"
    expected = f"--library-path {libraries} --argv0 {link} {path}-real -c a b"
    assert (machine.programs / "starts").read_text().splitlines()[-1] == expected


def test_one_that_is_installed_is_used(machine: Machine) -> None:
    machine.add("python3.14", "#!/bin/sh\necho 3.14\n")
    assert machine.run() == (0, f"{machine.programs / 'python3.14'}\n", "")
    assert machine.calls() == []


def test_one_that_is_installed_and_does_not_start_is_not_used(machine: Machine) -> None:
    machine.add("python3.14", "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    code, output, _ = machine.run()
    assert code == 0
    assert str(machine.cache) in output


def test_without_debootstrap_it_says_what_to_install(machine: Machine) -> None:
    (machine.programs / "debootstrap").unlink()
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "debootstrap was not found: install it (apt-get install debootstrap), or install Python 3.14" in errors


def test_a_failure_is_reported_and_leaves_nothing_behind(machine: Machine) -> None:
    machine.add("fails", "")
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "it must run as root" in errors
    assert "E: debootstrap can only run as root" in errors
    assert [path.name for path in machine.cache.iterdir()] == [".lock"]


def test_an_interpreter_of_another_version_is_reported(machine: Machine) -> None:
    machine.add("answer", "echo 3.15\n")
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "does not work; install Python 3.14" in errors


def test_runs_at_the_same_time_prepare_one(machine: Machine) -> None:
    processes = [machine.start() for _ in range(3)]
    outputs = {process.communicate(timeout=60)[0] for process in processes}
    assert len(outputs) == 1
    assert {process.returncode for process in processes} == {0}
    assert len(machine.calls()) == 1
