"""What stands in the kubeconfig, to be looked at and changed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kubex.configuration._client_configuration import ClientConfiguration, StrPath
from kubex.configuration._context import ConfigOverrides, build_configuration
from kubex.configuration._default_path import default_path, exists
from kubex.configuration._load import read_content, run_in_thread
from kubex.configuration._merge import RawConfig, describe_missing, paths_from_env, read_and_merge
from kubex.configuration._reader import Entry
from kubex.configuration._serialize import serialize_cluster, serialize_context, serialize_user
from kubex.configuration._writer import Document, set_entry, update_file
from kubex.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class KubeconfigContext:
    """A context of a kubeconfig: names of entries, which need not exist."""

    name: str
    cluster: str | None
    user: str | None
    namespace: str | None
    file: Path
    """The file that it stands in."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What the kubeconfig held when it was read: one file, or several that are merged as kubectl merges them."""

    files: tuple[Path, ...]
    current: str | None
    """The name of the current context, which need not exist."""
    contexts: Mapping[str, KubeconfigContext]
    """The contexts by name."""
    _content: RawConfig = field(repr=False, compare=False)

    @classmethod
    async def read(cls, path: StrPath | None = None) -> "Kubeconfig":
        """Read `path`, else the files in `KUBECONFIG`, else `~/.kube/config`; raises `ConfigurationError`."""
        content = await run_in_thread(partial(read_content, path))
        contexts = {name: _described(name, entry) for name, entry in content.contexts.items()}
        return cls(content.files, content.current_context, contexts, content)

    async def configuration(
        self,
        *,
        context: str | None = None,
        cluster: str | None = None,
        user: str | None = None,
        write_back: bool = False,
    ) -> ClientConfiguration:
        """Make the configuration of a context, as `configure_from_kubeconfig()` does, without reading again."""
        choice = ConfigOverrides(context, cluster, user)
        return await run_in_thread(partial(build_configuration, self._content, choice, write_back=write_back))


def _described(name: str, entry: Entry) -> KubeconfigContext:
    return KubeconfigContext(name, entry.text("cluster"), entry.text("user"), entry.text("namespace"), entry.file)


async def use_context(name: str, path: StrPath | None = None) -> Path:
    """Make a context the current one, as `kubectl config use-context` does; returns the file that says so now.

    That is `path`, else the first existing file in `KUBECONFIG`, else `~/.kube/config`.
    Raises `ConfigurationError`, also if there is no context of that name.
    """
    return await run_in_thread(partial(_use_context, name, path))


def _use_context(name: str, path: StrPath | None) -> Path:
    content = read_content(path)
    if name not in content.contexts:
        known = ", ".join(sorted(content.contexts)) or "none"
        source = ", ".join(map(str, content.files))
        raise ConfigurationError(f"there is no context {name!r} (there are: {known})", source=source)
    file = content.files[0]

    def alter(document: Document) -> None:
        document["current-context"] = name

    update_file(file, alter)
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

    `cluster` and `user` are called like the context unless they are given names. The file is `path`; without it an
    entry of that name is replaced where it stands, and a new one goes to the first existing file in `KUBECONFIG`, else
    to the last, else to `~/.kube/config`. Everything else stays, or with `replace` nothing does; comments are lost.
    The context becomes the current one with `make_current`, or if there is none.

    A new file is for its owner alone, others keep their owner and mode. `FILE.lock` keeps other programs out.
    Raises `ConfigurationError`, also for what a kubeconfig has no words for: the `timeout` of an `ExecPlugin`, and
    credentials for a server without TLS.
    """
    names = {"clusters": cluster or context, "users": user or context, "contexts": context}
    work = partial(_write, configuration, path, names, make_current=make_current, replace=replace)
    return await run_in_thread(work)


SINGULAR = {"clusters": "cluster", "users": "user", "contexts": "context"}


def _write(
    configuration: ClientConfiguration,
    path: StrPath | None,
    names: Mapping[str, str],
    *,
    make_current: bool,
    replace: bool,
) -> Path:
    if not all(names.values()):
        raise ConfigurationError("is empty; give it a name", field="context")
    values = {
        "clusters": serialize_cluster(configuration),
        "users": serialize_user(configuration),
        "contexts": serialize_context(names["clusters"], names["users"], configuration.namespace),
    }
    files = [Path(path)] if path is not None else _writable()
    present = [file for file in files if exists(file)]
    content = None if replace or not present else read_and_merge(present)
    default = (present[0] if present else files[-1]).absolute()  # kubectl takes the last where none exists
    places = {plural: _place(content, plural, name) or default for plural, name in names.items()}
    is_wanted = make_current or content is None or content.current_context is None

    def alter(file: Path, document: Document) -> None:
        for plural, place in places.items():
            if place == file:
                set_entry(document, plural, SINGULAR[plural], names[plural], values[plural])
        # Looked at again under the lock: another one may have become the current context while we waited.
        if file == default and is_wanted and (make_current or not document["current-context"]):
            document["current-context"] = names["contexts"]

    for file in dict.fromkeys([*places.values(), default]):
        update_file(file, partial(alter, file), afresh=replace)
    return places["contexts"]


def _place(content: RawConfig | None, plural: str, name: str) -> Path | None:
    """Find the file that an entry stands in."""
    entries: Mapping[str, Entry] = {} if content is None else getattr(content, plural)
    return entries[name].file if name in entries else None


def _writable() -> list[Path]:
    """List the files that kubectl would write to."""
    if named := paths_from_env(os.environ):
        return named
    if (default := default_path(os.environ)) is None:
        raise ConfigurationError(f"{describe_missing(os.environ)}; give a path")
    return [default]
