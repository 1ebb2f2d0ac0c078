"""The public ways to a configuration; files are read in a worker thread."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import anyio.to_thread

from kubex.configuration._client_configuration import ClientConfiguration, StrPath
from kubex.configuration._files import default_file, find_files, read_files
from kubex.configuration._kubeconfig import configuration_of
from kubex.configuration._pod import pod_configuration
from kubex.core.exceptions import ConfigurationError


async def configure_from_kubeconfig(path: StrPath | None = None, *, context: str | None = None) -> ClientConfiguration:
    """Read a kubeconfig: `path`, else the files in `KUBECONFIG`, else `~/.kube/config`.

    `context` is the name of a context, by default the current one; only the files that it needs are opened.
    Raises `ConfigurationError`, also for anything in it that is not supported: nothing is dropped.

    https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
    """
    return await anyio.to_thread.run_sync(partial(from_kubeconfig, path, context=context))


async def configure_from_pod_env() -> ClientConfiguration:
    """Read what a pod is given: its service account's token, the cluster's CA, address and namespace.

    Raises `ConfigurationError` that says which of them is missing.

    https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
    """
    return await anyio.to_thread.run_sync(partial(pod_configuration, os.environ))


async def load_configuration() -> ClientConfiguration:
    """Read the kubeconfig of this environment or, if there is none, what a pod is given."""
    return await anyio.to_thread.run_sync(partial(from_environment, os.environ))


def from_kubeconfig(path: StrPath | None, *, context: str | None = None) -> ClientConfiguration:
    """Read a kubeconfig; blocks."""
    files: Sequence[Path] = find_files(os.environ) if path is None else [Path(path)]
    if not files:
        raise ConfigurationError(_no_kubeconfig(os.environ))
    return configuration_of(read_files(files), context)


def from_environment(environ: Mapping[str, str]) -> ClientConfiguration:
    """Read a kubeconfig if there is one, else the environment of a pod; blocks.

    A kubeconfig that is no good is an error, not a reason to look elsewhere.
    """
    if files := find_files(environ):
        return configuration_of(read_files(files), None)
    try:
        return pod_configuration(environ)
    except ConfigurationError as error:
        problem = f"no configuration found\n  kubeconfig: {_no_kubeconfig(environ)}\n  pod: {error}"
        raise ConfigurationError(problem) from error


def _no_kubeconfig(environ: Mapping[str, str]) -> str:
    default = default_file(environ)
    missing = "HOME is not set" if default is None else f"{default} does not exist"
    return f"there is no kubeconfig: KUBECONFIG is not set and {missing}"
