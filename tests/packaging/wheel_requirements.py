"""Resolve the extras of the wheels, and the installation commands of the documentation."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from wheel_environments import run
from wheels import Wheels

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md")]
COMMAND = re.compile(r"\b(?:pip install|uv add|uv pip install) ([^`\n#|&]*)")
NAME = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?(==[0-9.]+)?")
EXTRAS = re.compile(r"\b(kubex(?:-[a-z0-9-]+)?)\[([a-z0-9.,-]+)\]")


def check_extras(wheels: Wheels) -> None:
    """Check that each extra can be resolved, and that the documented extras exist."""
    documented: dict[str, set[str]] = {name: set() for name in wheels.paths}
    for page in (*PAGES, *ROOT.glob("packages/*/src/**/*.py")):
        for name, extras in EXTRAS.findall(page.read_text(encoding="utf-8")):
            documented[name].update(extras.split(","))
    for name in wheels.paths:
        extras = set(re.findall(r"^Provides-Extra: (\S+)$", wheels.metadata(name), re.MULTILINE))
        missing = documented[name] - extras
        assert not missing, f"{name} does not have these documented extras: {missing}"
        for extra in sorted(extras):
            resolve(wheels, wheels.requirement(f"{name}[{extra}]"))


def check_documented_commands(wheels: Wheels) -> None:
    """Check that each installation command of the documentation can be resolved with the built wheels."""
    commands = {tuple(each) for page in PAGES for each in documented_requirements(page)}
    assert len(commands) > 10, commands
    for requirements in commands:
        resolve(wheels, *requirements)


def documented_requirements(page: Path) -> Iterator[list[str]]:
    """Yield the requirements of each command that installs distributions of Kubex by name, without paths."""
    for arguments in COMMAND.findall(page.read_text(encoding="utf-8")):
        words = [word for word in shlex.split(arguments) if word not in ("--find-links", "dist")]
        if any(word.startswith("kubex") for word in words) and all(NAME.fullmatch(word) for word in words):
            yield words


def resolve(wheels: Wheels, *requirements: str) -> None:
    """Find versions of requirements and their dependencies; raise SystemExit if this is not possible."""
    dist = next(iter(wheels.paths.values())).parent
    command = ("uv", "pip", "compile", "--quiet", "--no-header", "--python", wheels.python, "--find-links", str(dist))
    text = "\n".join(requirements) + "\n"
    assert "kubex" in run(*command, "-", text=text), requirements
