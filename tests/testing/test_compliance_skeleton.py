"""`python -m kubex_testing.compliance new NAME` writes a skeleton that the suite can test."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kubex_testing.compliance.__main__ import main

DOCS = Path(__file__).resolve().parents[2] / "docs" / "plugins"


def run(folder: Path, *arguments: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a module of Python in a folder."""
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def write_entry_point(folder: Path) -> None:
    """Write the metadata of an installed distribution next to its package, as an editable installation does."""
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    group = re.search(r'^\[project.entry-points."kubex.backends"\]\n(\S+ = )"(.+)"$', text, re.MULTILINE)
    assert group is not None
    metadata = folder / "src" / "kubex_my_lib-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: kubex-my-lib\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text(f"[kubex.backends]\n{group[1]}{group[2]}\n")


def test_command_writes_a_distribution(tmp_path: Path) -> None:
    completed = run(tmp_path, "kubex_testing.compliance", "new", "my-lib")
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout.startswith("Created kubex-my-lib. Next:")
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(written) == [
        "kubex-my-lib/pyproject.toml",
        "kubex-my-lib/src/kubex_my_lib/__init__.py",
        "kubex-my-lib/src/kubex_my_lib/_transport.py",
        "kubex-my-lib/src/kubex_my_lib/py.typed",
        "kubex-my-lib/tests/test_compliance.py",
    ]


def test_suite_runs_on_the_skeleton(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my-lib"]) == 0
    folder = tmp_path / "kubex-my-lib"
    write_entry_point(folder)
    wanted = "test_load or test_entry_point or test_descriptor or test_api_version or test_header_value"
    pytest_arguments = ("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", wanted, "tests")
    report = run(folder, *pytest_arguments, path=str(folder / "src")).stdout
    assert "NotImplementedError: send the request and return a MyLibResponse" in report
    assert "1 failed, 4 passed" in report


def test_skeleton_passes_type_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my-lib"]) == 0
    completed = run(tmp_path / "kubex-my-lib", "mypy", "--strict", "--cache-dir", os.devnull, "src")
    assert completed.returncode == 0, completed.stdout


def test_docs_contain_the_metadata_of_the_skeleton(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "short"]) == 0
    written = (tmp_path / "kubex-short" / "pyproject.toml").read_text(encoding="utf-8")
    assert f"```toml\n{written}```" in (DOCS / "publishing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "My_Lib",
            "error: 'My_Lib' is not valid: use lower-case letters, digits and single dashes, such as 'my-lib'\n",
        ),
        ("aiohttp", "error: 'aiohttp' is a name of Kubex: use another one\n"),
    ],
)
def test_invalid_name_is_an_error(
    name: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", name]) == 1
    assert capsys.readouterr().err == problem
    assert list(tmp_path.iterdir()) == []


def test_existing_folder_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kubex-short").mkdir()
    assert main(["new", "short"]) == 1
    assert "kubex-short exists: delete it" in capsys.readouterr().err
    assert list((tmp_path / "kubex-short").iterdir()) == []
