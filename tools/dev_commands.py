"""Set up the workspace and run its commands: `python3 dev.py COMMAND [ARGUMENTS]`.

It needs Python 3.10 or newer, and pip or uv. If uv on PATH is missing or too old, pip installs it into .cache/. The
environment is .venv/, with the versions in uv.lock. ARGUMENTS are passed to the last program that COMMAND runs.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV_VERSION = "0.13.9"
UV_FOLDER = ROOT / ".cache" / "uv"
NAMES = (
    "core",
    "aiohttp",
    "httpx",
    "httpx2",
    "runtime",
    "ops",
    "testing",
    "codegen",
    "k8s-1-35",
    "k8s-1-36",
    "k8s-1-37",
)
SOURCES = tuple(f"packages/kubex-{name}/src" for name in NAMES)
README_HEADING = "\n## Try it in a clone\n"
SYNC = ("sync", "--locked", "--all-packages", "--all-extras", "--all-groups", "--quiet")


@dataclass(frozen=True)
class Command:
    """The help text of a subcommand, and the steps that it runs one after the other."""

    help: str
    steps: tuple[tuple[str, ...], ...] = ()


COMMANDS: Mapping[str, Command] = {
    "quickstart": Command(
        "run examples/quickstart.py on an embedded API server, or on a cluster with --context NAME",
        (("python", "examples/quickstart.py"),),
    ),
    "test": Command("run the tests with pytest, on all cores", (("pytest", "-n", "auto"),)),
    "lint": Command(
        "check style, formatting, layers, types and spelling",
        (
            ("ruff", "check"),
            ("ruff", "format", "--check"),
            ("lint-imports",),
            ("mypy", *SOURCES, "dev.py", "tools", "tests", "examples", "benchmarks"),
            ("pyright",),
            (
                "codespell",
                "--skip=docs/_build",
                "packages",
                "tools",
                "tests",
                "examples",
                "benchmarks",
                "docs",
                "README.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md",
            ),
        ),
    ),
    "docs": Command(
        "build the documentation into docs/_build/html, and check its links; needs Python 3.11 or newer",
        (
            ("sphinx-build", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build/html"),
            ("python", "tools/check_links.py", "docs/_build/html"),
        ),
    ),
    "site": Command(
        "check the built documentation in headless Chromium: accessibility, width, scripts, requests",
        (("python", "tools/check_site.py", "docs/_build/html", "docs/_build/screenshots"),),
    ),
    "build": Command(
        "build the distributions into dist/, check their metadata, and use the wheels in new environments",
        (
            ("uv", "build", "--all-packages", "--clear", "--quiet", "--out-dir", "dist"),
            ("python", "tests/packaging/check_distributions.py", "dist"),
            ("python", "tests/packaging/check_wheels.py", "dist"),
        ),
    ),
    "oldest": Command(
        "run tests with the oldest supported dependencies; needs Python 3.10",
        (("python", "tests/packaging/check_versions.py", "oldest"),),
    ),
    "newest": Command(
        "run tests with the newest dependencies, which may not be in uv.lock yet",
        (("python", "tests/packaging/check_versions.py", "newest"),),
    ),
    "rehearse": Command(
        "build the distributions, publish them on an index on loopback, and install and upgrade them by name",
        (
            ("uv", "build", "--all-packages", "--clear", "--quiet", "--out-dir", "dist"),
            ("python", "tests/packaging/rehearse_release.py", "dist"),
        ),
    ),
    "release": Command(
        "prepare the release of a distribution: the version, the changelog, the bounds of dependents, the tag",
        (("python", "tools/release.py"),),
    ),
    "bootstrap": Command("only set up uv and the environment"),
    "readme": Command("print the first or the second command of README.md for a clone"),
}


class SetupError(Exception):
    """The environment cannot be set up; the message contains the reason and the remedy."""


def main(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code of the first step that fails, or 2 for an unknown command."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("--help", ())
    if name not in COMMANDS:
        if name in ("-h", "--help"):
            sys.stdout.write(usage())
            return 0
        sys.stderr.write(f"unknown command {name!r}\n\n{usage()}")
        return 2
    if name == "readme":
        sys.stdout.write(shell_blocks()[int(rest[0]) - 1])
        return 0
    try:
        environment = set_up()
    except SetupError as error:
        sys.stderr.write(f"dev.py: {error}\n")
        return 1
    *steps, last = [("uv", "run", "--no-sync", *step) for step in COMMANDS[name].steps] or [("uv", "--version")]
    for step in (*steps, (*last, *rest)):
        code = run(*step, environment=environment)
        if code != 0:
            return code
    return 0


def usage() -> str:
    """Return the text of --help."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join([str(__doc__), "commands:", *lines, ""])


def shell_blocks() -> list[str]:
    """Return the sh blocks of README.md below the heading about clones. CI runs them without changes."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(README_HEADING)[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def set_up() -> dict[str, str]:
    """Update uv and the environment; return the environment variables for commands."""
    environment = dict(os.environ)
    # Ignore an active environment of another project. Use the certificates of the system, which may include a private
    # CA. Do not download Python.
    environment.pop("VIRTUAL_ENV", None)
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    if not (ROOT / environment.get("UV_PROJECT_ENVIRONMENT", ".venv")).exists():
        environment.setdefault("UV_PYTHON", sys.executable)
    environment["PATH"] = os.pathsep.join([str(UV_FOLDER / "bin"), environment.get("PATH", os.defpath)])
    if not new_enough(environment):
        install_uv(environment)
    if run("uv", *SYNC, environment=environment) != 0:
        raise SetupError("uv could not set up the environment, see its output above")
    return environment


def new_enough(environment: Mapping[str, str]) -> bool:
    """Return whether uv is installed in the pinned version or a newer one."""
    try:
        result = subprocess.run(["uv", "--version"], env=environment, capture_output=True, text=True, check=False)  # noqa: S607 - found on PATH
    except OSError:
        return False
    found = re.match(r"uv (\d+)\.(\d+)\.(\d+)", result.stdout)
    return found is not None and tuple(map(int, found.groups())) >= tuple(map(int, UV_VERSION.split(".")))


def install_uv(environment: Mapping[str, str]) -> None:
    """Install uv into a folder of this source tree with pip. This does not need a virtual environment."""
    sys.stderr.write(f"installing uv {UV_VERSION} into {UV_FOLDER.relative_to(ROOT)}\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    # Override settings of the user that would prevent this installation.
    neutral = {**environment, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    target = ("--quiet", "--upgrade", "--target", str(UV_FOLDER), f"uv=={UV_VERSION}")
    if run(*pip, "install", *target, environment=neutral) != 0 or not new_enough(environment):
        raise SetupError(
            f"pip of {sys.executable} could not install uv {UV_VERSION}; install pip for this Python, or install "
            f"uv {UV_VERSION} or newer so that it is on PATH (https://docs.astral.sh/uv/getting-started/installation/)"
        )


def run(*command: str, environment: Mapping[str, str]) -> int:
    """Run a program in the root of the source tree and return its exit code."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - the programs named above
    while process.returncode is None:
        # The program receives Ctrl-C too. Wait until it has cleaned up.
        with suppress(KeyboardInterrupt):
            process.wait()
    return process.returncode
