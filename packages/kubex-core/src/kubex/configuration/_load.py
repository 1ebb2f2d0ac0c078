"""Load a configuration from a kubeconfig, from a pod, or from the environment; files are read in a worker thread."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from kubex.configuration._client_configuration import ClientConfiguration, StrPath
from kubex.configuration._context import NO_OVERRIDES, ConfigOverrides, build_configuration, namespace_only
from kubex.configuration._merge import RawConfig, describe_missing, find_paths, read_and_merge
from kubex.configuration._pod import SERVICE_ACCOUNT, is_pod, pod_configuration
from kubex.core._error_handling import clear_tracebacks
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

    `context` is the name of a context; the default is the current context. `cluster` and `user` are names of entries
    to use instead of those of the context; with `cluster` a context is not needed. Only files that the selected
    entries name are opened. With `write_back`, new tokens of an OpenID Connect provider are stored in the file that
    contains the user. Raises `ConfigurationError`, also for settings that Kubex does not support.

    https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
    """
    overrides = ConfigOverrides(context, cluster, user)
    return await run_in_thread(partial(from_kubeconfig, path, overrides, write_back=write_back))


async def configure_from_pod_env() -> ClientConfiguration:
    """Read the in-cluster configuration: the token of the service account, and the cluster's CA, address and namespace.

    Raises `ConfigurationError`, which names a missing part.

    https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
    """
    return await run_in_thread(partial(pod_configuration, os.environ))


async def load_configuration(
    *, context: str | None = None, cluster: str | None = None, user: str | None = None, write_back: bool = False
) -> ClientConfiguration:
    """Read the kubeconfig of this environment or, without one, the in-cluster configuration.

    The arguments are those of `configure_from_kubeconfig()`. Without a kubeconfig, selecting a context, a cluster or
    a user is an error. In a pod, a context without a cluster and a user only sets the namespace, as with kubectl.
    """
    overrides = ConfigOverrides(context, cluster, user)
    return await run_in_thread(partial(from_environment, os.environ, overrides, write_back=write_back))


async def run_in_thread(work: Callable[[], T]) -> T:
    """Call blocking code in a worker thread."""
    try:
        return await anyio.to_thread.run_sync(work)
    except ConfigurationError as error:
        # Tools that print the variables of each frame would show tokens and keys.
        clear_tracebacks(error)
        raise error


def from_kubeconfig(
    path: StrPath | None, overrides: ConfigOverrides = NO_OVERRIDES, *, write_back: bool = False
) -> ClientConfiguration:
    """Read a kubeconfig; blocks."""
    return build_configuration(read_raw_config(path), overrides, write_back=write_back)


def read_raw_config(path: StrPath | None) -> RawConfig:
    """Read one file, or without a path the files of this environment; blocks."""
    files: Sequence[Path] = find_paths(os.environ) if path is None else [Path(path)]
    if not files:
        raise ConfigurationError(f"{describe_missing(os.environ)}; pass a path, or set KUBECONFIG")
    return read_and_merge(files)


def from_environment(
    environ: Mapping[str, str],
    overrides: ConfigOverrides = NO_OVERRIDES,
    *,
    write_back: bool = False,
    service_account: Path = SERVICE_ACCOUNT,
) -> ClientConfiguration:
    """Read the kubeconfig of an environment if there is one, else the in-cluster configuration; blocks."""
    # An invalid kubeconfig raises here. Falling back to the pod could connect to a cluster that the user did not mean.
    raw = read_and_merge(find_paths(environ))
    is_namespace_only, namespace = namespace_only(raw, overrides)
    if is_namespace_only and is_pod(environ, service_account):
        configuration = pod_configuration(environ, service_account)
        return replace(configuration, namespace=namespace or configuration.namespace)
    if not raw.is_empty:
        return build_configuration(
            raw, overrides, write_back=write_back, environ=environ, service_account=service_account
        )
    missing = describe_missing(environ, raw.files)
    if overrides.is_set:
        raise ConfigurationError(f"cannot select a context, a cluster or a user: {missing}")
    try:
        return pod_configuration(environ, service_account)
    except ConfigurationError as error:
        problem = f"no configuration found\n  kubeconfig: {missing}\n  pod: {error}"
        raise ConfigurationError(problem) from error
