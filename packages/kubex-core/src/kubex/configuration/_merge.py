"""Find kubeconfig files, read them, and merge several files into one, as kubectl does."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kubex.configuration._default_path import default_path
from kubex.configuration._reader import Entry, as_list, as_mapping, type_name
from kubex.errors import ConfigurationError

Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class RawConfig:
    """The entries of one kubeconfig file, or of several merged files."""

    files: tuple[Path, ...]
    current_context: str | None
    clusters: Entries
    contexts: Entries
    users: Entries

    @property
    def is_empty(self) -> bool:
        """Whether the files contain neither entries nor a current context, like `/dev/null`."""
        return not (self.current_context or self.clusters or self.contexts or self.users)


def paths_from_env(environ: Mapping[str, str]) -> list[Path]:
    """Return the paths in `KUBECONFIG`, including files that do not exist."""
    return [*dict.fromkeys(Path(part) for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part)]


def find_paths(environ: Mapping[str, str]) -> list[Path]:
    """Return the kubeconfig files of this environment: those in `KUBECONFIG`, else `~/.kube/config`; may be empty.

    Missing files in `KUBECONFIG` are skipped, as with kubectl. Raises `ConfigurationError` if all of them are missing.
    """
    named = paths_from_env(environ)
    if not named:
        default = default_path(environ)
        return [default] if default is not None and not _is_missing(default) else []
    found = [path for path in named if not _is_missing(path)]
    # kubectl would go on without a kubeconfig; Kubex could then connect to another cluster than the user meant.
    if not found:
        raise ConfigurationError(
            f"none of these files exists: {os.pathsep.join(map(str, named))}; correct the variable, or unset it",
            field="KUBECONFIG",
        )
    return found


def _is_missing(path: Path) -> bool:
    # A file without access is not missing: reading it raises an error that names the reason.
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def describe_missing(environ: Mapping[str, str], files: Sequence[Path] = ()) -> str:
    """Describe why a kubeconfig was not found; `files` exist, but are empty."""
    if files:
        return f"no kubeconfig found: no context, cluster or user in {', '.join(map(str, files))}"
    default = default_path(environ)
    missing = "HOME is not set" if default is None else f"{default} does not exist"
    return f"no kubeconfig found: KUBECONFIG is not set and {missing}"


def read_and_merge(paths: Iterable[Path]) -> RawConfig:
    """Read kubeconfig files and merge them. For each name, and the current context, the first file wins."""
    parts = [parse_document(read_document(path.absolute())) for path in paths]
    # An entry is taken completely from one file; kubectl does not merge fields either.
    latest_first = parts[::-1]
    return RawConfig(
        files=tuple(file for part in parts for file in part.files),
        current_context=next((part.current_context for part in parts if part.current_context), None),
        clusters={name: entry for part in latest_first for name, entry in part.clusters.items()},
        contexts={name: entry for part in latest_first for name, entry in part.contexts.items()},
        users={name: entry for part in latest_first for name, entry in part.users.items()},
    )


def read_document(file: Path) -> Entry:
    """Read the top-level mapping of a file; raises `ConfigurationError` if the file is not a kubeconfig."""
    from kubex.configuration._yaml import parse  # imports PyYAML

    document = Entry(file, "", parse(file))
    for field, expected in (("apiVersion", "v1"), ("kind", "Config")):
        if document.string(field) not in (None, expected):
            raise document.error(field, f"is not {expected!r}, so this file is not a kubeconfig")
    return document


def parse_document(document: Entry) -> RawConfig:
    """Read the entries of one file."""
    return RawConfig(
        files=(document.file,),
        current_context=document.string("current-context"),
        clusters=_entries(document, "clusters", "cluster"),
        contexts=_entries(document, "contexts", "context"),
        users=_entries(document, "users", "user"),
    )


def _entries(document: Entry, plural: str, singular: str) -> dict[str, Entry]:
    value = document.values.get(plural)
    items = as_list([] if value is None else value)
    if items is None:
        raise document.error(plural, f"must be a list, not {type_name(value)}")
    entries: dict[str, Entry] = {}
    for index, item in enumerate(items):
        named = Entry(document.file, f"{plural}[{index}]", as_mapping(item) or {})
        if as_mapping(item) is None:
            raise named.error(None, f"must be a mapping, not {type_name(item)}")
        name = named.string("name") or ""
        inner = named.values.get(singular)
        values = as_mapping({} if inner is None else inner)
        if values is None:
            raise named.error(singular, f"must be a mapping, not {type_name(inner)}")
        if name in entries:
            raise named.error("name", f"duplicate name {name!r} in {plural}; rename or remove one of the entries")
        entries[name] = Entry(document.file, f"{singular} {name!r}", values)
    return entries
