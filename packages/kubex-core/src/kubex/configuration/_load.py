"""The public ways to a configuration; files are read in a worker thread."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from kubex.configuration._client_configuration import ClientConfiguration, StrPath
from kubex.configuration._context import CURRENT, ConfigOverrides, build_configuration, namespace_only
from kubex.configuration._merge import RawConfig, describe_missing, find_paths, read_and_merge
from kubex.configuration._pod import SERVICE_ACCOUNT, is_pod, pod_configuration
from kubex.core._tracebacks import forget_frames
from kubex.errors import ConfigurationError

T = TypeVar("T")


async def configure_from_kubeconfig(
    path: StrPath | None = None,
    *,
    context: str | None = None,
    cluster: str | None = None,
    user: str | None = None,
    write_back: bool = False,
) -> ClientConfiguration:
    """Read a kubeconfig: `path`, else the files in `KUBECONFIG`, else `~/.kube/config`.

    `context` is the name of a context, by default the current one; `cluster` and `user` name entries that are taken
    instead of those of the context, and with a cluster no context is needed. Only the files that are needed are opened.
    With `write_back`, tokens that an OpenID Connect provider issues later are stored in the file of the user.
    Raises `ConfigurationError`, also for anything in it that is not supported: nothing is dropped.

    https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
    """
    choice = ConfigOverrides(context, cluster, user)
    return await run_in_thread(partial(from_kubeconfig, path, choice, write_back=write_back))


async def configure_from_pod_env() -> ClientConfiguration:
    """Read what a pod is given: its service account's token, the cluster's CA, address and namespace.

    Raises `ConfigurationError` that says which of them is missing.

    https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
    """
    return await run_in_thread(partial(pod_configuration, os.environ))


async def load_configuration(
    *, context: str | None = None, cluster: str | None = None, user: str | None = None, write_back: bool = False
) -> ClientConfiguration:
    """Read the kubeconfig of this environment or, if there is none, what a pod is given.

    The arguments are those of `configure_from_kubeconfig()`. A pod has no contexts: to name one there is an error.
    In a pod, a kubeconfig whose context names no cluster and no user only sets the namespace, as with kubectl.
    """
    choice = ConfigOverrides(context, cluster, user)
    return await run_in_thread(partial(from_environment, os.environ, choice, write_back=write_back))


async def run_in_thread(work: Callable[[], T]) -> T:
    """Run work in a worker thread. Its errors have no frames, whose variables contain tokens and keys."""
    try:
        return await anyio.to_thread.run_sync(work)
    except ConfigurationError as error:
        forget_frames(error)
        raise error


def from_kubeconfig(
    path: StrPath | None, choice: ConfigOverrides = CURRENT, *, write_back: bool = False
) -> ClientConfiguration:
    """Read a kubeconfig; blocks."""
    return build_configuration(read_content(path), choice, write_back=write_back)


def read_content(path: StrPath | None) -> RawConfig:
    """Read a file, else those of this environment; blocks."""
    files: Sequence[Path] = find_paths(os.environ) if path is None else [Path(path)]
    if not files:
        raise ConfigurationError(describe_missing(os.environ))
    return read_and_merge(files)


def from_environment(
    environ: Mapping[str, str],
    choice: ConfigOverrides = CURRENT,
    *,
    write_back: bool = False,
    service_account: Path = SERVICE_ACCOUNT,
) -> ClientConfiguration:
    """Read a kubeconfig if there is one, else the environment of a pod; blocks.

    An invalid kubeconfig is an error, not a reason to look elsewhere. In a pod one that chooses no server and no user
    sets at most the namespace, as with kubectl.
    """
    content = read_and_merge(find_paths(environ))
    is_alone, namespace = namespace_only(content, choice)
    if is_alone and is_pod(environ, service_account):
        configuration = pod_configuration(environ, service_account)
        return replace(configuration, namespace=namespace or configuration.namespace)
    if not content.is_empty:
        return build_configuration(
            content, choice, write_back=write_back, environ=environ, service_account=service_account
        )
    missing = describe_missing(environ, content.files)
    if choice.is_set:
        raise ConfigurationError(f"a context, a cluster or a user was asked for, but {missing}")
    try:
        return pod_configuration(environ, service_account)
    except ConfigurationError as error:
        problem = f"no configuration found\n  kubeconfig: {missing}\n  pod: {error}"
        raise ConfigurationError(problem) from error
