"""The launcher of a real control plane, for synchronous and asynchronous callers."""

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
    """Start etcd and kube-apiserver on loopback, and kube-controller-manager where it is installed.

    The programs are looked for in `TEST_ASSET_ETCD`, `TEST_ASSET_KUBE_APISERVER` and
    `TEST_ASSET_KUBE_CONTROLLER_MANAGER`, then in the folder `KUBEBUILDER_ASSETS`, then in `/usr/local/kubebuilder/bin`.
    With `USE_EXISTING_CLUSTER=true` nothing is started: the handle is that of the current kubeconfig.

    `with ControlPlane() as handle` and `async with ControlPlane() as handle` (asyncio and trio) start and stop it. Its
    processes end with this one, even if this one is killed. Without controllers nothing is ever collected and deleted
    namespaces stay `Terminating`: see `ServerHandle.capabilities`.

    Args:
        controller_manager: True requires it, False leaves it out, None takes it if it is found.
        token_users: users that sign in with a bearer token, see `ServerHandle.with_token()`.
        port: the port of the API server; 0 chooses a free one.
        extra_etcd_args: further flags, which win over those of the launcher.
        extra_apiserver_args: likewise.
        start_timeout: seconds until the control plane has to work.
        stop_timeout: seconds that each program gets to stop before it is killed.
    """

    def __init__(
        self,
        *,
        controller_manager: bool | None = None,
        token_users: Collection[TokenUser] = (),
        port: int = 0,
        extra_etcd_args: Sequence[str] = (),
        extra_apiserver_args: Sequence[str] = (),
        start_timeout: float = 60.0,
        stop_timeout: float = 10.0,
    ) -> None:
        self._controller_manager = controller_manager
        self._options = LaunchOptions(
            port=port,
            token_users=tuple(token_users),
            extra_etcd_args=tuple(extra_etcd_args),
            extra_apiserver_args=tuple(extra_apiserver_args),
            start_timeout=start_timeout,
            stop_timeout=stop_timeout,
        )
        self._lock = threading.Lock()
        self._steps: Generator[float, None, None] | None = None
        self._run: ControlPlaneRun | None = None
        self._handle: ServerHandle | None = None

    def start(self) -> ServerHandle:
        """Start the control plane, wait until it works, and return the handle of its administrator.

        Raises:
            ControlPlaneUnavailable: the programs are not there, or the existing cluster is not what was asked for.
            ControlPlaneStartError: a program failed or took longer than `start_timeout`; the cluster does not answer.
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
        """Stop the programs and remove their files; does nothing if none run."""
        with self._lock:  # a cancelled start may still be in the middle of a step, in another thread
            if self._steps is not None:
                self._steps.close()
            if self._run is not None:
                self._run.stop()
            self._steps = self._run = self._handle = None

    @property
    def handle(self) -> ServerHandle:
        """The handle of the running control plane."""
        if self._handle is None:
            raise RuntimeError("the control plane is not running; enter it with `with`, `async with` or start()")
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
            raise RuntimeError("this control plane was started already; make another ControlPlane for a second one")
        self._steps = self._start_steps()

    def _run_step(self) -> float | None:
        """Do the next step; return the seconds to pause before the one after it, None at the end."""
        with self._lock:
            return None if self._steps is None else next(self._steps, None)

    def _start_steps(self) -> Generator[float, None, None]:
        if uses_existing_cluster(os.environ):
            self._check_no_launch_options()
            self._handle = existing_cluster_handle(needs_controllers=self._controller_manager is True)
            return
        assets = find_assets(os.environ, controller_manager=self._controller_manager)
        deadline = time.monotonic() + self._options.start_timeout
        for attempt in range(1, START_ATTEMPTS + 1):
            self._run = ControlPlaneRun(assets, self._options)
            try:
                self._handle = yield from self._run.start_steps(deadline)
                return
            except PortInUseError:
                self._run.stop()
                if attempt == START_ATTEMPTS or self._options.port:
                    raise

    def _check_no_launch_options(self) -> None:
        settings = (
            self._options.port,
            self._options.token_users,
            self._options.extra_etcd_args,
            self._options.extra_apiserver_args,
        )
        if any(settings):
            raise ControlPlaneUnavailable(
                "port, token users and extra flags need a control plane of our own; "
                f"unset {EXISTING_CLUSTER_VARIABLE} to start one"
            )
