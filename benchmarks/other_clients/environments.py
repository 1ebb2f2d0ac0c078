"""A separate virtual environment for each client, in .cache/, because Kubex does not depend on them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.runner import ROOT

FOLDER = ROOT / ".cache" / "other-clients"


def install(client: str, *packages: str) -> Path | str:
    """Install a client; return the path of its Python interpreter, or an error message.

    By default, the package has the name of the client.
    """
    python = FOLDER / client / "bin" / "python"
    marker = FOLDER / client / "installed"
    if marker.exists():
        return python
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".cache" / "uv" / "bin"))
    if uv is None:
        return "uv was not found; `python3 dev.py bootstrap` installs it"
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", **os.environ}
    for step in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(FOLDER / client)],
        ["pip", "install", "--quiet", "--python", str(python), *(packages or (client,))],
    ):
        if subprocess.run([uv, *step], env=environment, cwd=ROOT, check=False).returncode != 0:
            return f"`uv {step[0]}` failed, see its output above"
    marker.touch()
    return python


def installed_version(client: str, python: Path) -> str:
    """Return the version of a client in its environment."""
    code = f"import importlib.metadata as m; print(m.version({client!r}))"
    return subprocess.run([str(python), "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
