"""A handle for the cluster that the current kubeconfig names."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kubex_testing._handle import Capability, ServerHandle
from kubex_testing.controlplane._assets import EXISTING_CLUSTER_VARIABLE
from kubex_testing.controlplane._control_plane_run import CONTROLLER_CAPABILITIES
from kubex_testing.controlplane._errors import ControlPlaneStartError, ControlPlaneUnavailable
from kubex_testing.controlplane._probe import Probe

if TYPE_CHECKING:
    import os

    from kubex.configuration import ClientConfiguration

NODE_CAPABILITIES = frozenset[Capability]({"pod-runtime", "exec"})
# What a handle can carry. `namespace` is for the test to choose.
SUPPORTED_FIELDS = {"url", "token", "namespace", "server_ca", "client_cert", "client_key"}


def existing_cluster_handle(*, needs_controllers: bool) -> ServerHandle:
    """Return a handle for the cluster of the current kubeconfig, with the capabilities it shows.

    Raises:
        ControlPlaneStartError: it does not answer, or not this user.
        ControlPlaneUnavailable: it lacks controllers that are needed, or a handle cannot carry its credentials.
        kubex.errors.ConfigurationError: there is no usable kubeconfig.
    """
    handle = handle_from_configuration(_current_configuration())
    probe = Probe(handle)
    if not probe.is_ready():
        raise ControlPlaneStartError(
            f"{handle.url}, from the kubeconfig, is not ready or does not let this user in; "
            f"check it with `kubectl get --raw /readyz`, or unset {EXISTING_CLUSTER_VARIABLE}"
        )
    has_controllers = probe.has_controllers()
    if needs_controllers and not has_controllers:
        raise ControlPlaneUnavailable(f"{handle.url}, from the kubeconfig, has no working controller manager")
    capabilities = handle.capabilities
    if has_controllers:
        capabilities |= CONTROLLER_CAPABILITIES
    if probe.has_ready_node():
        capabilities |= NODE_CAPABILITIES
    return replace(handle, capabilities=capabilities)


def _current_configuration() -> "ClientConfiguration":
    from kubex.configuration import configure_from_kubeconfig

    # In a thread of its own: the caller may stand in an event loop, where no other can run.
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, configure_from_kubeconfig()).result()


def handle_from_configuration(configuration: "ClientConfiguration") -> ServerHandle:
    """Return a handle with what a configuration says, the contents of its files instead of their paths."""
    for field in fields(configuration):
        value: object = getattr(configuration, field.name)
        if value and field.name.removesuffix("_file").removesuffix("_data") not in SUPPORTED_FIELDS:
            raise ControlPlaneUnavailable(
                f"the kubeconfig says {field.name}, which a handle cannot carry; use a context with a token or a "
                f"client certificate, or unset {EXISTING_CLUSTER_VARIABLE}"
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
