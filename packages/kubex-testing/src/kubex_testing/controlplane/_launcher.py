"""The launcher for a real control plane, for synchronous and asynchronous code."""

import os
import threading
import time
from collections.abc import Collection, Generator, Sequence
from types import TracebackType

import anyio
import anyio.to_thread

from kubex_testing._handle import ServerHandle
from kubex_testing.controlplane._assets import EXISTING_CLUSTER_VARIABLE, find_assets, uses_existing_cluster
from kubex_testing.controlplane._control_plane_run import ControlPlaneRun, LaunchOptions
from kubex_testing.controlplane._data_directory import TokenUser
from kubex_testing.controlplane._errors import ControlPlaneUnavailable, PortInUseError
from kubex_testing.controlplane._existing_cluster import existing_cluster_handle

START_ATTEMPTS = 5


class ControlPlane:
    """Start etcd and kube-apiserver on the loopback interface, and two optional programs if they are installed.

    kube-controller-manager adds controllers. kubex-kubelet replaces the kubelet: it runs Pods with the label
    `kubex.example/run: "true"` as processes of this machine.

    The paths of the programs come from `TEST_ASSET_ETCD`, `TEST_ASSET_KUBE_APISERVER`,
    `TEST_ASSET_KUBE_CONTROLLER_MANAGER` and `TEST_ASSET_KUBEX_KUBELET`, or from the folder in `KUBEBUILDER_ASSETS`, or
    from `/usr/local/kubebuilder/bin`. With `USE_EXISTING_CLUSTER=true` the launcher starts no programs and returns a
    handle for the cluster of the current kubeconfig.

    `with ControlPlane() as handle` and `async with ControlPlane() as handle` (asyncio and trio) start and stop the
    programs. The programs end with this process, even if it is killed. Without kube-controller-manager there is no
    garbage collection, and deleted namespaces stay `Terminating`. Without kubex-kubelet, Pods stay `Pending`. See
    `ServerHandle.capabilities`.

    Args:
        controller_manager: whether to start kube-controller-manager: True requires it, False disables it, and None
            starts it if it is found.
        kubelet: the same for kubex-kubelet.
        token_users: users that authenticate with a bearer token; see `ServerHandle.with_token()`.
        service_accounts: whether to enable the admission plug-in ServiceAccount, as in most clusters. It adds the
            service account `default` and a volume with a token to Pods, and rejects Pods whose service account does not
            exist. kube-controller-manager creates `default` some time after the namespace.
        port: the port of the API server; 0 selects a free port.
        extra_etcd_args: additional flags of etcd, which override the flags of the launcher.
        extra_apiserver_args: additional flags of kube-apiserver, which override the flags of the launcher.
        extra_controller_manager_args: additional flags of kube-controller-manager, such as `--controllers=...`. The
            start waits for the controller `serviceaccount-controller`.
        start_timeout: the time limit for the start, in seconds.
        stop_timeout: the time after which a program that does not stop is killed, in seconds.
    """

    def __init__(
        self,
        *,
        controller_manager: bool | None = None,
        kubelet: bool | None = None,
        token_users: Collection[TokenUser] = (),
        service_accounts: bool = False,
        port: int = 0,
        extra_etcd_args: Sequence[str] = (),
        extra_apiserver_args: Sequence[str] = (),
        extra_controller_manager_args: Sequence[str] = (),
        start_timeout: float = 60.0,
        stop_timeout: float = 10.0,
    ) -> None:
        self._controller_manager = controller_manager
        self._kubelet = kubelet
        self._options = LaunchOptions(
            port=port,
            token_users=tuple(token_users),
            service_accounts=service_accounts,
            extra_etcd_args=tuple(extra_etcd_args),
            extra_apiserver_args=tuple(extra_apiserver_args),
            extra_controller_manager_args=tuple(extra_controller_manager_args),
            start_timeout=start_timeout,
            stop_timeout=stop_timeout,
        )
        self._lock = threading.Lock()
        self._steps: Generator[float, None, None] | None = None
        self._run: ControlPlaneRun | None = None
        self._handle: ServerHandle | None = None

    def start(self) -> ServerHandle:
        """Start the control plane, wait until it is ready, and return a handle for its administrator.

        Raises:
            ControlPlaneUnavailable: a program is missing, or the existing cluster does not support the options.
            ControlPlaneStartError: a program failed, the start took longer than `start_timeout`, or the existing
                cluster does not respond.
        """
        self._prepare_start()
        try:
            while (pause := self._run_step()) is not None:
                time.sleep(pause)
        except BaseException:
            self.stop()
            raise
        return self.handle

    def stop(self) -> None:
        """Stop the programs and remove their files. Does nothing if the control plane is not running."""
        with self._lock:  # after a cancelled start, another thread may still run a step
            if self._steps is not None:
                self._steps.close()
            if self._run is not None:
                self._run.stop()
            self._steps = self._run = self._handle = None

    @property
    def handle(self) -> ServerHandle:
        """The handle for the administrator of the running control plane."""
        if self._handle is None:
            raise RuntimeError("the control plane is not running; start it with `with`, `async with` or start()")
        return self._handle

    def __enter__(self) -> ServerHandle:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> ServerHandle:
        self._prepare_start()
        try:
            pause = await anyio.to_thread.run_sync(self._run_step)
            while pause is not None:
                await anyio.sleep(pause)
                pause = await anyio.to_thread.run_sync(self._run_step)
        except BaseException:
            await self._stop_in_thread()
            raise
        return self.handle

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stop_in_thread()

    async def _stop_in_thread(self) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.stop)

    def _prepare_start(self) -> None:
        if self._steps is not None:
            raise RuntimeError("this control plane is already running; create another ControlPlane to run a second one")
        self._steps = self._start_steps()

    def _run_step(self) -> float | None:
        """Run the next step, and return the seconds to wait before the step after it, or None at the end."""
        with self._lock:
            return None if self._steps is None else next(self._steps, None)

    def _start_steps(self) -> Generator[float, None, None]:
        if uses_existing_cluster(os.environ):
            self._check_no_launch_options()
            self._handle = existing_cluster_handle(
                needs_controllers=self._controller_manager is True, needs_nodes=self._kubelet is True
            )
            return
        assets = find_assets(os.environ, controller_manager=self._controller_manager, kubelet=self._kubelet)
        deadline = time.monotonic() + self._options.start_timeout
        for attempt in range(1, START_ATTEMPTS + 1):
            self._run = ControlPlaneRun(assets, self._options)
            try:
                self._handle = yield from self._run.start_steps(deadline)
                return
            # Another process took the port before the program did. A selected port is not retried.
            except PortInUseError:
                self._run.stop()
                if attempt == START_ATTEMPTS or self._options.port:
                    raise

    def _check_no_launch_options(self) -> None:
        settings = (
            self._options.port,
            self._options.token_users,
            self._options.service_accounts,
            self._options.extra_etcd_args,
            self._options.extra_apiserver_args,
            self._options.extra_controller_manager_args,
        )
        if any(settings):
            raise ControlPlaneUnavailable(
                "an existing cluster does not support port, token_users, service_accounts and extra arguments; "
                f"unset {EXISTING_CLUSTER_VARIABLE} to start a control plane"
            )
