"""List the contexts of a kubeconfig, switch the current context, and write a configuration to a kubeconfig."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kubex.configuration._client_configuration import ClientConfiguration, StrPath
from kubex.configuration._context import ConfigOverrides, build_configuration
from kubex.configuration._default_path import default_path, exists
from kubex.configuration._load import read_raw_config, run_in_thread
from kubex.configuration._merge import RawConfig, describe_missing, paths_from_env, read_and_merge
from kubex.configuration._reader import Entry
from kubex.configuration._serialize import serialize_cluster, serialize_context, serialize_user
from kubex.configuration._writer import Document, set_entry, update_file
from kubex.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class KubeconfigContext:
    """A context of a kubeconfig. The cluster and the user that it names may be missing."""

    name: str
    cluster: str | None
    user: str | None
    namespace: str | None
    file: Path
    """The file that contains the context."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """The content of the kubeconfig when it was read: one file, or several files merged as kubectl merges them."""

    files: tuple[Path, ...]
    current: str | None
    """The name of the current context, which may be missing in `contexts`."""
    contexts: Mapping[str, KubeconfigContext]
    """The contexts by name."""
    _raw: RawConfig = field(repr=False, compare=False)

    @classmethod
    async def read(cls, path: StrPath | None = None) -> "Kubeconfig":
        """Read `path`, else the files in `KUBECONFIG`, else `~/.kube/config`; raises `ConfigurationError`."""
        raw = await run_in_thread(partial(read_raw_config, path))
        contexts = {name: _context(name, entry) for name, entry in raw.contexts.items()}
        return cls(raw.files, raw.current_context, contexts, raw)

    async def configuration(
        self,
        *,
        context: str | None = None,
        cluster: str | None = None,
        user: str | None = None,
        write_back: bool = False,
    ) -> ClientConfiguration:
        """Create the configuration of a context like `configure_from_kubeconfig()`, without reading files again."""
        overrides = ConfigOverrides(context, cluster, user)
        return await run_in_thread(partial(build_configuration, self._raw, overrides, write_back=write_back))


def _context(name: str, entry: Entry) -> KubeconfigContext:
    return KubeconfigContext(name, entry.string("cluster"), entry.string("user"), entry.string("namespace"), entry.file)


async def use_context(name: str, path: StrPath | None = None) -> Path:
    """Set the current context, like `kubectl config use-context`; returns the file that was changed.

    The file is `path`, else the first existing file in `KUBECONFIG`, else `~/.kube/config`.
    Raises `ConfigurationError`, also if this context does not exist.
    """
    return await run_in_thread(partial(_use_context, name, path))


def _use_context(name: str, path: StrPath | None) -> Path:
    raw = read_raw_config(path)
    if name not in raw.contexts:
        known = ", ".join(sorted(raw.contexts)) or "none"
        source = ", ".join(map(str, raw.files))
        raise ConfigurationError(f"context {name!r} does not exist (available: {known})", source=source)
    file = raw.files[0]

    def set_current(document: Document) -> None:
        document["current-context"] = name

    update_file(file, set_current)
    return file


async def write_kubeconfig(
    configuration: ClientConfiguration,
    path: StrPath | None = None,
    *,
    context: str = "kubex",
    cluster: str | None = None,
    user: str | None = None,
    make_current: bool = False,
    replace: bool = False,
) -> Path:
    """Write a configuration to a kubeconfig as a context, a cluster and a user; returns the file of the context.

    `cluster` and `user` are the names of those entries; the default is the name of the context. Without a `path`, an
    existing entry is replaced in its file. A new entry goes to the first file in `KUBECONFIG` that exists, else to
    the last one, else to `~/.kube/config`. Everything else in the file is preserved, except comments; with `replace`
    the file is written anew. The context becomes the current one with `make_current`, or if there is none.

    A new file has mode 0600; an existing file keeps its owner and mode. The file `config.lock` keeps other programs
    from writing at the same time. Raises `ConfigurationError`, also for settings that a kubeconfig cannot represent:
    the `timeout` of an `ExecPlugin`, and credentials for an `http://` server.
    """
    names = {"clusters": cluster or context, "users": user or context, "contexts": context}
    work = partial(_write, configuration, path, names, make_current=make_current, replace=replace)
    return await run_in_thread(work)


_SINGULAR = {"clusters": "cluster", "users": "user", "contexts": "context"}


def _write(
    configuration: ClientConfiguration,
    path: StrPath | None,
    names: Mapping[str, str],
    *,
    make_current: bool,
    replace: bool,
) -> Path:
    if not all(names.values()):
        raise ConfigurationError("is empty; pass a name", field="context")
    values = {
        "clusters": serialize_cluster(configuration),
        "users": serialize_user(configuration),
        "contexts": serialize_context(names["clusters"], names["users"], configuration.namespace),
    }
    files = [Path(path)] if path is not None else _writable_paths()
    present = [file for file in files if exists(file)]
    raw = None if replace or not present else read_and_merge(present)
    # Like kubectl: new entries go to the first file that exists, or to the last one if none does.
    default = (present[0] if present else files[-1]).absolute()
    targets = {plural: _file_of(raw, plural, name) or default for plural, name in names.items()}
    set_current = make_current or raw is None or raw.current_context is None

    def update(file: Path, document: Document) -> None:
        for plural, target in targets.items():
            if target == file:
                set_entry(document, plural, _SINGULAR[plural], names[plural], values[plural])
        # Check again under the lock: another program may have set the current context in the meantime.
        if file == default and set_current and (make_current or not document["current-context"]):
            document["current-context"] = names["contexts"]

    for file in dict.fromkeys([*targets.values(), default]):
        update_file(file, partial(update, file), replace=replace)
    return targets["contexts"]


def _file_of(raw: RawConfig | None, plural: str, name: str) -> Path | None:
    """Return the file that contains an entry; None if the entry does not exist."""
    entries: Mapping[str, Entry] = {} if raw is None else getattr(raw, plural)
    return entries[name].file if name in entries else None


def _writable_paths() -> list[Path]:
    """Return the files that kubectl would write to."""
    if named := paths_from_env(os.environ):
        return named
    if (default := default_path(os.environ)) is None:
        raise ConfigurationError(f"{describe_missing(os.environ)}; pass a path")
    return [default]
