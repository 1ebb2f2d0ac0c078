"""Where kubectl looks for a kubeconfig that nobody has named."""

import os
from collections.abc import Mapping
from pathlib import Path

ON_WINDOWS = os.name == "nt"


def default_path(environ: Mapping[str, str], *, windows: bool = ON_WINDOWS) -> Path | None:
    """Name kubectl's default file; None for a user without a home directory."""
    home = _home_on_windows(environ) if windows else environ.get("HOME")
    return _config(home) if home else None


def _home_on_windows(environ: Mapping[str, str]) -> str | None:
    """Find the first home that has a kubeconfig, else the best one to have one; kubectl has an order for each."""
    home, profile = environ.get("HOME"), environ.get("USERPROFILE")
    drive, path = environ.get("HOMEDRIVE"), environ.get("HOMEPATH")
    joined = drive + path if drive and path else None
    for candidate in (home, joined, profile):
        if candidate and exists(_config(candidate)):
            return candidate
    named = [candidate for candidate in (home, profile, joined) if candidate]
    existing = [candidate for candidate in named if exists(Path(candidate))]
    writable = [candidate for candidate in existing if os.access(candidate, os.W_OK)]
    return next(iter(writable + existing + named), None)


def _config(home: str) -> Path:
    return Path(home, ".kube", "config")


def exists(path: Path) -> bool:
    """Tell whether there is something at a path, and this user may see it."""
    try:
        path.stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return False
    return True
