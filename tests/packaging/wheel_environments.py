"""New virtual environments, in which built wheels are installed and used."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kubex_testing.embedded import EmbeddedServer


class Environment:
    """A new virtual environment."""

    def __init__(self, folder: Path, python: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.env = env
        run("uv", "venv", "--quiet", "--no-project", "--python", python, str(folder))
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.bin / "python")

    def install(self, *requirements: str) -> None:
        """Install requirements, such as the paths of wheels, and their dependencies from the index."""
        run("uv", "pip", "install", "--quiet", "--python", self.python, *requirements, env=self.env)

    def versions(self) -> dict[str, str]:
        """Return the versions of the installed distributions by their names."""
        listed = run("uv", "pip", "freeze", "--python", self.python)
        lines = [line.replace(" @ ", "==") for line in listed.splitlines() if line]
        return {name: version for name, _, version in (line.partition("==") for line in lines)}

    def distributions(self) -> set[str]:
        """Return the names of the installed distributions."""
        return set(self.versions())

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> str:
        """Run Python of the environment, outside the source tree."""
        return run(self.python, "-W", "error", *command, cwd=self.folder, env=env)


def run(
    *command: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
    umask: int = -1,
) -> str:
    """Run a command with `text` as its input; return its output, or raise SystemExit with the output."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    completed = subprocess.run(
        command,
        cwd=cwd,
        env={**clean, **(env or {})},
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        umask=umask,
        check=False,
    )
    if completed.returncode != 0:
        raise SystemExit(
            f"{' '.join(command)[:300]}\nexit code {completed.returncode}\n{completed.stdout}\n{completed.stderr}"
        )
    return completed.stdout


@contextmanager
def embedded_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run an embedded API server that runs pods; yield environment variables with its kubeconfig."""
    with EmbeddedServer(run_pods=True) as handle:
        yield {"KUBECONFIG": str(handle.write_kubeconfig(folder / "kubeconfig"))}
