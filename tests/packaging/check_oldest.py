"""Run tests with the oldest versions of everything that the distributions name.

    uv run python tests/packaging/check_oldest.py

They are installed into a fresh environment of the oldest Python, the distributions from the tree. Arguments go to
pytest, and stand in for the tests that are run by default.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = "3.10"
# Those with the shortest limits on time are not among them: this step of CI has no second chance.
TRANSPORT = ("failures", "requests", "websockets", "websocket_endings")
TESTS = (
    "tests/models",
    "tests/core",
    "tests/k8s/test_k8s_round_trip.py",
    *(f"tests/transport/test_{name}.py" for name in TRANSPORT),
)


def requirements() -> list[str]:
    """Return every distribution with all its extras, but the one that has extras only."""
    found: list[str] = []
    for project in sorted(ROOT.glob("packages/*/pyproject.toml")):
        text = project.read_text(encoding="utf-8").partition("[project.optional-dependencies]\n")[2]
        extras = re.findall(r"^([\w-]+) = ", text.partition("\n[")[0], re.MULTILINE)
        if project.parent.name != "kubex":
            found += ["--editable", f"{project.parent}[{','.join(extras)}]"]
    return found


def main() -> int:
    """Make the environment, say what is in it, and run the tests there; the exit code is pytest's."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(*command: str) -> int:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    with tempfile.TemporaryDirectory(prefix="kubex-oldest-") as folder:
        bin_ = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        python = ("--python", str(bin_ / "python"))
        install = ("uv", "pip", "install", "--quiet", "--resolution", "lowest-direct", "--group", "dev")
        code = (
            run("uv", "venv", "--quiet", "--no-project", "--python", OLDEST_PYTHON, "--clear", folder)
            or run(*install, *python, *requirements())
            or run("uv", "pip", "freeze", "--quiet", "--exclude-editable", *python)
        )
        return code or run(python[1], "-m", "pytest", *(sys.argv[1:] or (*TESTS, "-q", "-n", "2")))


if __name__ == "__main__":
    sys.exit(main())
