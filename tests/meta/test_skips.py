"""In CI, the reason for each skipped test must be in allowed_skips.txt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from support.skip_reasons import ALLOWED_FILE, STRICT_SKIPS_VARIABLE, parse_allowed_reasons

LINES = [line for line in ALLOWED_FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def test_each_line_of_the_list_has_a_comment() -> None:
    assert [line for line in LINES if not line.partition(" # ")[2].strip()] == []


def test_missing_control_plane_is_not_an_allowed_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    for variable in ("TEST_ASSET_ETCD", "TEST_ASSET_KUBE_APISERVER", "USE_EXISTING_CLUSTER"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ControlPlaneUnavailable) as raised:
        ControlPlane().start()
    assert not any(pattern.fullmatch(str(raised.value)) for pattern in parse_allowed_reasons("\n".join(LINES)))


def test_comments_are_not_part_of_a_pattern() -> None:
    patterns = parse_allowed_reasons("# a comment\n\nneeds .+  # why\nno # sign\n")
    assert [pattern.pattern for pattern in patterns] == ["needs .+", "no"]


@pytest.mark.parametrize(("strict", "code"), [("1", pytest.ExitCode.TESTS_FAILED), ("0", pytest.ExitCode.OK)])
def test_reason_that_is_not_on_the_list_fails_a_strict_run(tmp_path: Path, strict: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\ndef test_passes():\n    pass\n\n\ndef test_skips():\n    pytest.skip('not today')\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "support.skip_reasons",
        "-p",
        "no:randomly",
        "--rootdir",
        ".",
    ]
    environment = {**os.environ, STRICT_SKIPS_VARIABLE: strict, "PYTHONPATH": str(ALLOWED_FILE.parent)}
    completed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert completed.returncode == code, completed.stdout + completed.stderr
    assert ("SKIP NOT ALLOWED test_it.py::test_skips: not today" in completed.stdout) is (strict == "1")


def test_each_reason_is_printed_once_with_the_number_of_tests(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\n@pytest.mark.parametrize('x', range(5))\ndef test_a(x):\n    pytest.skip('no server')\n"
        "\n\ndef test_b():\n    pytest.skip('no server')\n\n\n@pytest.mark.skipif(True, reason='no root')\n"
        "def test_c():\n    pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "support.skip_reasons", "--rootdir", "."]
    environment = {**os.environ, STRICT_SKIPS_VARIABLE: "0", "PYTHONPATH": str(ALLOWED_FILE.parent)}
    completed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    lines = [line for line in completed.stdout.splitlines() if "SKIPPED" in line]
    assert lines == ["SKIPPED 6 tests: no server", "SKIPPED 1 test: no root"]
