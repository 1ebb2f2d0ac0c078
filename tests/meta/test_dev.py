"""dev.py on Pythons that are too old, and how it runs the tests."""

import ast
import os
import runpy
import shutil
import subprocess
import sys

import pytest

from support.worker_count import CPU_SECONDS, TESTS, folders_in, format_duration

ROOT = TESTS.parent
DEV = ROOT / "dev.py"

# The syntax nodes that dev.py uses. Python 2.7 can parse all of them.
PYTHON2_SYNTAX = (
    *(ast.Module, ast.Expr, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.Load),
    *(ast.Import, ast.ImportFrom, ast.alias, ast.If, ast.Call, ast.Compare, ast.Lt, ast.Eq, ast.BoolOp, ast.Or),
    *(ast.BinOp, ast.Mod, ast.Slice),
)


def old_pythons() -> list[str]:
    """Return interpreters before Python 3.10 that pyenv or PATH contain."""
    names = ("python2", "python2.7", *(f"python3.{minor}" for minor in range(10)))
    found = [path for name in names if (path := shutil.which(name))]
    if shutil.which("pyenv"):
        listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True)
        for version in listed.stdout.split():
            if version.startswith(("2.", *(f"3.{minor}." for minor in range(10)))):
                prefix = subprocess.run(["pyenv", "prefix", version], capture_output=True, text=True, check=True)
                found.append(f"{prefix.stdout.strip()}/bin/python")
    return [path for path in found if "/shims/" not in path]


def test_python_2_can_parse_dev_py() -> None:
    source = DEV.read_bytes()
    assert source.isascii()  # Python 2 needs a declaration of the encoding otherwise
    nodes = list(ast.walk(ast.parse(source)))
    assert [node for node in nodes if not isinstance(node, PYTHON2_SYNTAX)] == []


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 18)])
def test_old_python_gets_a_message_with_the_required_version(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "argv", ["dev.py", "test", "-q"])
    with pytest.raises(SystemExit, match=r"needs Python 3\.10 or newer.* example: python3\.13 dev\.py test -q$"):
        runpy.run_path(str(DEV))


def test_dev_py_fails_without_a_traceback_on_installed_old_pythons() -> None:
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python before 3.10 is installed")
    for python in pythons:
        completed = subprocess.run([python, DEV, "test"], capture_output=True, text=True, check=False)
        assert (completed.returncode, completed.stdout) == (1, "")
        assert completed.stderr.startswith("dev.py needs Python 3.10 or newer, and this is Python "), completed.stderr
        assert len(completed.stderr.splitlines()) == 1


def test_each_folder_of_tests_has_a_duration() -> None:
    assert {path.relative_to(TESTS).parts[0] for path in TESTS.glob("*/**/test_*.py")} == set(CPU_SECONDS)


def test_estimate_includes_only_folders() -> None:
    assert folders_in(["tests"], ROOT) == folders_in(["."], ROOT) == set(CPU_SECONDS)
    assert folders_in(["tests/core", "client"], ROOT) == {"core"}
    assert folders_in(["core", "testing/embedded"], TESTS) == {"core", "testing"}
    assert folders_in(["tests/meta/test_dev.py", "tests/meta/test_dev.py::test_x"], ROOT) == set()


def test_durations_are_rounded() -> None:
    assert [format_duration(seconds) for seconds in (1, 44, 94, 95, 600)] == ["10 s", "40 s", "90 s", "2 min", "10 min"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-n", "auto", "tests/core"], "estimated duration: "),
        (["-n", "auto", "tests/core", "-k", "nothing"], "estimated duration: at most "),
        (["-n", "auto", "tests/core/test_paths.py"], ""),
    ],
)
def test_run_of_folders_starts_with_an_estimate(arguments: list[str], expected: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", *arguments, "-p", "no:cacheprovider", "--deselect", "tests/core"]
    environment = {**os.environ, "PYTEST_XDIST_AUTO_NUM_WORKERS": "2"}
    completed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert completed.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, completed.stdout + completed.stderr
    assert completed.stdout.startswith(expected)
    assert ("bringing up nodes" in completed.stdout) is bool(expected)
