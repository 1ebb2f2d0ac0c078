"""python314.py finds or prepares Python 3.14. A fake `debootstrap` is used, because the real one takes minutes."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "python314.py"

# Installs an interpreter and a loader, which prints the version that python314.py expects.
FAKE_DEBOOTSTRAP = f"""#!{sys.executable} -IS
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
    """A machine with its own PATH and an empty cache."""

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
        """Run the script; return its exit code, stdout and stderr."""
        process = self.start(**environ)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def add(self, name: str, text: str) -> None:
        """Add a program to PATH."""
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def calls(self) -> list[str]:
        """Return the arguments of each call of debootstrap."""
        calls = self.programs / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with the fake `debootstrap`."""
    machine = Machine(tmp_path / "programs", tmp_path / "the cache")
    machine.programs.mkdir()
    machine.add("debootstrap", FAKE_DEBOOTSTRAP)
    machine.add("answer", "echo 3.14\n")
    return machine


def test_python_is_prepared_once_and_only_its_path_is_printed(machine: Machine) -> None:
    code, first, errors = machine.run()
    assert code == 0, errors
    path = Path(first.rstrip("\n"))
    assert path.parts[-3:] == ("usr", "bin", "python3.14")
    assert machine.cache in path.parents
    assert "in about two minutes" in errors
    assert machine.run() == (0, first, "")
    assert len(machine.calls()) == 1


def test_interpreter_uses_the_unpacked_loader_and_keeps_argv0(machine: Machine) -> None:
    path = Path(machine.run()[1].strip())
    link = machine.programs / "python"
    link.symlink_to(path)
    subprocess.run([link, "-c", "a b"], check=True, capture_output=True)
    libraries = path.parents[1] / "lib/some-linux"
    expected = f"--library-path {libraries} --argv0 {link} {path}-real -c a b"
    assert (machine.programs / "starts").read_text().splitlines()[-1] == expected


def test_installed_python_is_used(machine: Machine) -> None:
    machine.add("python3.14", "#!/bin/sh\necho 3.14\n")
    assert machine.run() == (0, f"{machine.programs / 'python3.14'}\n", "")
    assert machine.calls() == []


def test_installed_python_that_does_not_start_is_ignored(machine: Machine) -> None:
    machine.add("python3.14", "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    code, output, _ = machine.run()
    assert code == 0
    assert str(machine.cache) in output


def test_missing_debootstrap_is_an_error_with_the_remedy(machine: Machine) -> None:
    (machine.programs / "debootstrap").unlink()
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "debootstrap was not found: install it (apt-get install debootstrap), or install Python 3.14" in errors


def test_failure_is_reported_and_leaves_no_files(machine: Machine) -> None:
    machine.add("fails", "")
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "it must run as root" in errors
    assert "E: debootstrap can only run as root" in errors
    assert [path.name for path in machine.cache.iterdir()] == [".lock"]


def test_interpreter_with_another_version_is_an_error(machine: Machine) -> None:
    machine.add("answer", "echo 3.15\n")
    code, output, errors = machine.run()
    assert (code, output) == (1, "")
    assert "does not work; install Python 3.14" in errors


def test_concurrent_runs_prepare_python_once(machine: Machine) -> None:
    processes = [machine.start() for _ in range(3)]
    outputs = {process.communicate(timeout=60)[0] for process in processes}
    assert len(outputs) == 1
    assert {process.returncode for process in processes} == {0}
    assert len(machine.calls()) == 1
