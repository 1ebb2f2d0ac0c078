"""A handle for the cluster of the current kubeconfig."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kubex_testing._handle import ServerHandle
from kubex_testing.controlplane._assets import EXISTING_CLUSTER_VARIABLE
from kubex_testing.controlplane._control_plane_run import CONTROLLER_CAPABILITIES, NODE_CAPABILITIES
from kubex_testing.controlplane._errors import ControlPlaneStartError, ControlPlaneUnavailable
from kubex_testing.controlplane._probe import Probe

if TYPE_CHECKING:
    import os

    from kubex.configuration import ClientConfiguration

# The fields that a handle can represent. Tests select their own `namespace`, so it may be dropped.
SUPPORTED_FIELDS = {"url", "token", "namespace", "server_ca", "client_cert", "client_key"}


def existing_cluster_handle(*, needs_controllers: bool, needs_nodes: bool) -> ServerHandle:
    """Return a handle for the cluster of the current kubeconfig, and detect its capabilities.

    Raises:
        ControlPlaneStartError: the cluster does not respond, or rejects the user.
        ControlPlaneUnavailable: required controllers or nodes do not run, or a handle cannot represent the credentials.
        kubex.errors.ConfigurationError: there is no usable kubeconfig.
    """
    handle = handle_from_configuration(_current_configuration())
    probe = Probe(handle)
    if not probe.is_ready():
        raise ControlPlaneStartError(
            f"{handle.url}, from the kubeconfig, is not ready or rejects this user; "
            f"check it with `kubectl get --raw /readyz`, or unset {EXISTING_CLUSTER_VARIABLE}"
        )
    has_controllers = probe.has_controllers()
    if needs_controllers and not has_controllers:
        raise ControlPlaneUnavailable(
            f"{handle.url}, from the kubeconfig, has no working controller manager; start one, or pass "
            "controller_manager=None to ControlPlane"
        )
    has_nodes = probe.has_ready_node()
    if needs_nodes and not has_nodes:
        raise ControlPlaneUnavailable(
            f"{handle.url}, from the kubeconfig, does not have a node that is ready; start one, or pass "
            "kubelet=None to ControlPlane"
        )
    capabilities = handle.capabilities
    if has_controllers:
        capabilities |= CONTROLLER_CAPABILITIES - (set() if probe.runs_workloads() else {"workloads"})
    if has_nodes:
        capabilities |= NODE_CAPABILITIES
    return replace(handle, capabilities=capabilities)


def _current_configuration() -> "ClientConfiguration":
    from kubex.configuration import configure_from_kubeconfig

    # Use another thread, because the caller's thread may already run an event loop.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, configure_from_kubeconfig()).result()


def handle_from_configuration(configuration: "ClientConfiguration") -> ServerHandle:
    """Return a handle with the values of a configuration, and the contents of its files instead of their paths."""
    for field in fields(configuration):
        value: object = getattr(configuration, field.name)
        if value and field.name.removesuffix("_file").removesuffix("_data") not in SUPPORTED_FIELDS:
            raise ControlPlaneUnavailable(
                f"the kubeconfig sets {field.name}, which a ServerHandle does not support; use a context with a token "
                f"or a client certificate, or unset {EXISTING_CLUSTER_VARIABLE}"
            )
    return ServerHandle(
        configuration.url,
        ca_pem=_inline(configuration.server_ca_data, configuration.server_ca_file),
        token=_inline(configuration.token, configuration.token_file),
        client_cert_pem=_inline(configuration.client_cert_data, configuration.client_cert_file),
        client_key_pem=_inline(configuration.client_key_data, configuration.client_key_file),
    )


def _inline(data: str | None, file: "str | os.PathLike[str] | None") -> str | None:
    return data if file is None else Path(file).read_text(encoding="utf-8").strip()
