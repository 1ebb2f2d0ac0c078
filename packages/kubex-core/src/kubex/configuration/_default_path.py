"""The path where kubectl looks for a kubeconfig if `KUBECONFIG` is not set."""

import os
from collections.abc import Mapping
from pathlib import Path

ON_WINDOWS = os.name == "nt"


def default_path(environ: Mapping[str, str], *, windows: bool = ON_WINDOWS) -> Path | None:
    """Return kubectl's default path, `~/.kube/config`; None if the user does not have a home directory."""
    home = _windows_home(environ) if windows else environ.get("HOME")
    return _config(home) if home else None


def _windows_home(environ: Mapping[str, str]) -> str | None:
    """Return the home directory that client-go uses on Windows."""
    home, profile = environ.get("HOME"), environ.get("USERPROFILE")
    drive, path = environ.get("HOMEDRIVE"), environ.get("HOMEPATH")
    joined = drive + path if drive and path else None
    # client-go first looks for an existing kubeconfig, in this order of the three directories.
    for candidate in (home, joined, profile):
        if candidate and exists(_config(candidate)):
            return candidate
    # If none has one, it prefers a directory that is writable, then one that exists, in another order.
    named = [candidate for candidate in (home, profile, joined) if candidate]
    existing = [candidate for candidate in named if exists(Path(candidate))]
    writable = [candidate for candidate in existing if os.access(candidate, os.W_OK)]
    return next(iter(writable + existing + named), None)


def _config(home: str) -> Path:
    return Path(home, ".kube", "config")


def exists(path: Path) -> bool:
    """Return whether a path exists and this user has access to it."""
    try:
        path.stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return False
    return True
