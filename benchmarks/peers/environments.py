"""An environment for each peer, below the ignored .cache/: kubex depends on none of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.runner import ROOT

FOLDER = ROOT / ".cache" / "peers"


def prepare(peer: str) -> Path | str:
    """Return the Python in which a peer is installed, or why there is none."""
    python = FOLDER / peer / "bin" / "python"
    marker = FOLDER / peer / "installed"
    if marker.exists():
        return python
    uv = shutil.which("uv") or shutil.which("uv", path=str(ROOT / ".cache" / "uv" / "bin"))
    if uv is None:
        return "uv is not there: `python3 dev.py bootstrap` installs it"
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", **os.environ}
    for step in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(FOLDER / peer)],
        ["pip", "install", "--quiet", "--python", str(python), peer],
    ):
        if subprocess.run([uv, *step], env=environment, cwd=ROOT, check=False).returncode != 0:
            return f"`uv {step[0]}` failed, see above"
    marker.touch()
    return python


def version(peer: str, python: Path) -> str:
    """Return the version of a peer in its environment."""
    code = f"import importlib.metadata as m; print(m.version({peer!r}))"
    return subprocess.run([str(python), "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
