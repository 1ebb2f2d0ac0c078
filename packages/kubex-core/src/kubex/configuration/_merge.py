"""Kubeconfig files: where they are, what they hold, and how several of them merge."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kubex.configuration._default_path import default_path
from kubex.configuration._reader import Entry, as_list, as_mapping, kind
from kubex.errors import ConfigurationError

Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class RawConfig:
    """What one kubeconfig file holds, or several together."""

    files: tuple[Path, ...]
    current_context: str | None
    clusters: Entries
    contexts: Entries
    users: Entries

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all, as `/dev/null` does."""
        return not (self.current_context or self.clusters or self.contexts or self.users)


def paths_from_env(environ: Mapping[str, str]) -> list[Path]:
    """List the files that `KUBECONFIG` names, whether they exist or not."""
    return [*dict.fromkeys(Path(part) for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part)]


def find_paths(environ: Mapping[str, str]) -> list[Path]:
    """List the kubeconfig files of this environment: those in `KUBECONFIG`, else `~/.kube/config`; may be none.

    As with kubectl a file in `KUBECONFIG` may be missing. If all of them are, that raises `ConfigurationError`.
    """
    named = paths_from_env(environ)
    if not named:
        default = default_path(environ)
        return [default] if default is not None and not _missing(default) else []
    found = [path for path in named if not _missing(path)]
    if not found:
        raise ConfigurationError(
            f"names no file that exists: {os.pathsep.join(map(str, named))}; correct it, or unset it",
            field="KUBECONFIG",
        )
    return found


def _missing(path: Path) -> bool:
    """Tell whether a file is not there; one that this user may not see is an error when it is read."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def describe_missing(environ: Mapping[str, str], files: Sequence[Path] = ()) -> str:
    """Say where there is no kubeconfig; the files are those that say nothing."""
    if files:
        return f"there is no kubeconfig: no context, cluster or user stands in {', '.join(map(str, files))}"
    default = default_path(environ)
    missing = "HOME is not set" if default is None else f"{default} does not exist"
    return f"there is no kubeconfig: KUBECONFIG is not set and {missing}"


def read_and_merge(paths: Iterable[Path]) -> RawConfig:
    """Read kubeconfig files and merge them: the first that has a name, or a current context, wins."""
    parts = [_read_file(path.absolute()) for path in paths]
    latest_first = parts[::-1]
    return RawConfig(
        files=tuple(file for part in parts for file in part.files),
        current_context=next((part.current_context for part in parts if part.current_context), None),
        clusters={name: entry for part in latest_first for name, entry in part.clusters.items()},
        contexts={name: entry for part in latest_first for name, entry in part.contexts.items()},
        users={name: entry for part in latest_first for name, entry in part.users.items()},
    )


def read_document(file: Path) -> Entry:
    """Read one file as it is; raises `ConfigurationError` if it is no kubeconfig."""
    from kubex.configuration._yaml import parse  # brings PyYAML

    top = Entry(file, "", parse(file))
    for field, expected in (("apiVersion", "v1"), ("kind", "Config")):
        if top.text(field) not in (None, expected):
            raise top.error(field, f"is not {expected!r}: this is not a kubeconfig")
    return top


def _read_file(file: Path) -> RawConfig:
    return parse_document(read_document(file))


def parse_document(top: Entry) -> RawConfig:
    """Sort what one file holds."""
    return RawConfig(
        files=(top.file,),
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
