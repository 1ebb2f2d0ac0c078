"""Run tests with the oldest or the newest versions of all dependencies.

    uv run python tests/packaging/check_versions.py oldest
    uv run python tests/packaging/check_versions.py newest

The script installs the dependencies and the distributions of this source tree into a new environment. `oldest` uses
Python 3.10. Other arguments are passed to pytest, and replace the default tests.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOLUTIONS = {"oldest": ("lowest-direct", "3.10"), "newest": ("highest", sys.executable)}
TESTS = (
    "tests/models",
    "tests/core",
    "tests/k8s/test_k8s_round_trip.py",
    "tests/transport/test_compliance.py",
)


def requirements() -> list[str]:
    """Return each distribution with all its extras, except `kubex`, which only has extras."""
    found: list[str] = []
    for name, extras in all_extras().items():
        if name != "kubex":
            found += ["--editable", f"{ROOT / 'packages' / name}[{','.join(extras)}]"]
    return found


def all_extras() -> dict[str, list[str]]:
    """Return the extras of each distribution."""
    found: dict[str, list[str]] = {}
    for project in sorted(ROOT.glob("packages/*/pyproject.toml")):
        text = project.read_text(encoding="utf-8").partition("[project.optional-dependencies]\n")[2]
        found[project.parent.name] = re.findall(r"^([\w-]+) = ", text.partition("\n[")[0], re.MULTILINE)
    return found


def main(arguments: list[str]) -> int:
    """Create the environment, print its versions and run the tests in it; return the exit code of pytest."""
    if not arguments or arguments[0] not in RESOLUTIONS:
        sys.stderr.write(f"usage: check_versions.py {{{','.join(RESOLUTIONS)}}} [PYTEST ARGUMENTS]\n")
        return 2
    name, *tests = arguments
    resolution, version = RESOLUTIONS[name]
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(*command: str) -> int:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    with tempfile.TemporaryDirectory(prefix=f"kubex-{name}-") as folder:
        bin_ = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        python = ("--python", str(bin_ / "python"))
        install = ("uv", "pip", "install", "--quiet", "--resolution", resolution, "--group", "dev")
        code = (
            run("uv", "venv", "--quiet", "--no-project", "--python", version, "--clear", folder)
            or run(*install, *python, *requirements())
            or run("uv", "pip", "freeze", "--quiet", "--exclude-editable", *python)
        )
        return code or run(python[1], "-m", "pytest", *(tests or (*TESTS, "-q", "-n", "2")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
