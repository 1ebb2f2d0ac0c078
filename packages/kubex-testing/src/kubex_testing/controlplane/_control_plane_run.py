"""Start the programs of a control plane in order, and wait until each one is ready."""

import contextlib
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kubex_testing._handle import Capability, ServerHandle
from kubex_testing._pki import CertificateAuthority
from kubex_testing.controlplane._assets import KUBELET, Assets
from kubex_testing.controlplane._component import Component
from kubex_testing.controlplane._data_directory import DataDirectory, TokenUser
from kubex_testing.controlplane._errors import ControlPlaneStartError, PortInUseError
from kubex_testing.controlplane._flags import apiserver_flags, controller_manager_flags, etcd_flags, kubelet_flags
from kubex_testing.controlplane._probe import Probe

POLL_INTERVAL = 0.05
CONTROLLER_CAPABILITIES = frozenset[Capability]({"gc", "namespace-controller", "workloads"})
NODE_CAPABILITIES = frozenset[Capability]({"pod-runtime", "exec"})
ADMIN_IDENTITY = ("kubex-testing-admin", ("system:masters",))


@dataclass(frozen=True)
class LaunchOptions:
    """The options of `ControlPlane`."""

    port: int
    token_users: tuple[TokenUser, ...]
    service_accounts: bool
    extra_etcd_args: tuple[str, ...]
    extra_apiserver_args: tuple[str, ...]
    extra_controller_manager_args: tuple[str, ...]
    start_timeout: float
    stop_timeout: float


class ControlPlaneRun:
    """The processes of one control plane and their directory; `stop()` removes both."""

    def __init__(self, assets: Assets, options: LaunchOptions) -> None:
        self._assets = assets
        self._options = options
        self._clean_up = contextlib.ExitStack()
        self.components: list[Component] = []
        self._directory = Path()

    def start_steps(self, deadline: float) -> Generator[float, None, ServerHandle]:
        """Start the programs in steps, and yield the seconds to wait before the next step.

        Raises:
            ControlPlaneStartError: a program ended, or was not ready before the deadline.
        """
        self._directory = Path(tempfile.mkdtemp(prefix="kubex-controlplane-"))  # with mode 0700
        self._clean_up.callback(shutil.rmtree, self._directory)
        data_directory, authority = DataDirectory(self._directory), CertificateAuthority()
        data_directory.create_files(authority, self._options.token_users)
        client_port, peer_port, port = free_ports(3)
        port = self._options.port or port
        etcd = etcd_flags(data_directory, client_port=client_port, peer_port=peer_port)
        self._start(self._assets.etcd, [*etcd, *self._options.extra_etcd_args])
        apiserver = apiserver_flags(
            data_directory, port=port, etcd_port=client_port, service_accounts=self._options.service_accounts
        )
        self._start(self._assets.kube_apiserver, [*apiserver, *self._options.extra_apiserver_args])
        handle = admin_handle(f"https://127.0.0.1:{port}", authority)
        probe = Probe(handle)
        yield from self._wait("kube-apiserver was ready", probe.is_ready, deadline)
        # Start the others last: they exit if the API server is not ready. Wait afterwards, because they start together.
        capabilities = handle.capabilities
        if self._assets.kubelet is not None:
            data_directory.write_kubeconfig("kubelet.kubeconfig", handle)
            self._start(self._assets.kubelet, kubelet_flags(data_directory))
            capabilities |= NODE_CAPABILITIES
        if self._assets.kube_controller_manager is not None:
            data_directory.write_kubeconfig("controller-manager.kubeconfig", handle)
            manager = [*controller_manager_flags(data_directory), *self._options.extra_controller_manager_args]
            self._start(self._assets.kube_controller_manager, manager)
            capabilities |= CONTROLLER_CAPABILITIES
            yield from self._wait("kube-controller-manager created a service account", probe.has_controllers, deadline)
        if self._assets.kubelet is not None:
            yield from self._wait(f"{KUBELET} created a node", probe.has_ready_node, deadline)
        return replace(handle, capabilities=capabilities)

    def stop(self) -> None:
        """Stop the programs in reverse order, and remove the directory."""
        self._clean_up.close()

    def _start(self, program: Path, flags: Sequence[str]) -> None:
        component = Component.start(program, flags, self._directory, grace=self._options.stop_timeout)
        self.components.append(component)
        self._clean_up.callback(component.stop)

    def _wait(self, event: str, is_ready: Callable[[], bool], deadline: float) -> Generator[float, None, None]:
        while True:
            self._check_running()
            if is_ready():
                return
            if time.monotonic() >= deadline:
                logs = "\n".join(f"{component.name}:\n{component.log_tail()}" for component in self.components)
                raise ControlPlaneStartError(
                    f"timed out after {self._options.start_timeout:g} s before {event}; "
                    f"on a slow machine, increase start_timeout. The last lines of the logs:\n{logs}"
                )
            yield POLL_INTERVAL

    def _check_running(self) -> None:
        """Raise if a program has ended. Programs end only because of a failure."""
        for component in self.components:
            if component.has_ended():
                tail = component.log_tail()
                kind = PortInUseError if "address already in use" in tail else ControlPlaneStartError
                raise kind(
                    f"{component.name} ended with exit code {component.process.returncode} while the control plane "
                    f"started. The last lines of its log:\n{tail}"
                )


def admin_handle(url: str, authority: CertificateAuthority) -> ServerHandle:
    """Return a handle for an administrator with a client certificate of the authority."""
    identity = authority.client_identity(*ADMIN_IDENTITY)
    return ServerHandle(
        url,
        ca_pem=authority.cert_pem,
        client_cert_pem=identity.cert_pem,
        client_key_pem=identity.key_pem,
        issue_identity=authority.client_identity,
    )


def free_ports(count: int) -> list[int]:
    """Return different TCP ports on 127.0.0.1 that are currently free."""
    # All sockets stay open until every port is known; otherwise the system could return one port twice.
    with contextlib.ExitStack() as stack:
        ports: list[int] = []
        for _ in range(count):
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            ports.append(listener.getsockname()[1])
    return ports
