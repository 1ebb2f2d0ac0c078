"""Kubeconfig files: where they are, what they hold, and how several of them merge."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubex.configuration._entry import Entry, as_list, as_mapping, kind
from kubex.core.exceptions import ConfigurationError

Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What one kubeconfig file holds, or several together."""

    files: tuple[Path, ...]
    current_context: str | None
    clusters: Entries
    contexts: Entries
    users: Entries


def find_files(environ: Mapping[str, str]) -> list[Path]:
    """List the kubeconfig files of this environment: those in `KUBECONFIG`, else `~/.kube/config`; may be none.

    As with kubectl a file in `KUBECONFIG` may be missing, but not all of them: that raises `ConfigurationError`.
    """
    named = [Path(part) for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if not named:
        default = default_file(environ)
        return [default] if default is not None and _exists(default) else []
    found = [path for path in dict.fromkeys(named) if _exists(path)]
    if not found:
        raise ConfigurationError(
            f"names no file that exists: {os.pathsep.join(map(str, named))}; correct it, or unset it",
            field="KUBECONFIG",
        )
    return found


def default_file(environ: Mapping[str, str]) -> Path | None:
    """Name kubectl's default file; None for a user without a home directory."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(home, ".kube", "config") if home else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a folder that this user may not look into, a NUL in the name
        return False


def read_files(paths: Iterable[Path]) -> Kubeconfig:
    """Read kubeconfig files and merge them: the first that has a name, or a current context, wins."""
    parts = [_read_file(path.absolute()) for path in paths]
    latest_first = parts[::-1]
    return Kubeconfig(
        files=tuple(file for part in parts for file in part.files),
        current_context=next((part.current_context for part in parts if part.current_context), None),
        clusters={name: entry for part in latest_first for name, entry in part.clusters.items()},
        contexts={name: entry for part in latest_first for name, entry in part.contexts.items()},
        users={name: entry for part in latest_first for name, entry in part.users.items()},
    )


def _read_file(file: Path) -> Kubeconfig:
    from kubex.configuration._yaml import parse  # brings PyYAML

    top = Entry(file, "", parse(file))
    for field, expected in (("apiVersion", "v1"), ("kind", "Config")):
        if top.text(field) not in (None, expected):
            raise top.error(field, f"is not {expected!r}: this is not a kubeconfig")
    return Kubeconfig(
        files=(file,),
        current_context=top.text("current-context"),
        clusters=_entries(top, "clusters", "cluster"),
        contexts=_entries(top, "contexts", "context"),
        users=_entries(top, "users", "user"),
    )


def _entries(top: Entry, plural: str, singular: str) -> dict[str, Entry]:
    given = top.values.get(plural)
    items = as_list([] if given is None else given)
    if items is None:
        raise top.error(plural, f"must be a list, not {kind(given)}")
    entries: dict[str, Entry] = {}
    for position, item in enumerate(items):
        place = Entry(top.file, f"{plural}[{position}]", as_mapping(item) or {})
        if as_mapping(item) is None:
            raise place.error(None, f"must be a mapping, not {kind(item)}")
        name = place.text("name") or ""
        inner = place.values.get(singular)
        values = as_mapping({} if inner is None else inner)
        if values is None:
            raise place.error(singular, f"must be a mapping, not {kind(inner)}")
        if name in entries:
            raise place.error("name", f"{name!r} stands twice among the {plural}")
        entries[name] = Entry(top.file, f"{singular} {name!r}", values)
    return entries
