"""The embedded server: it runs in a separate thread, and has hooks for tests."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal

import anyio
import anyio.to_thread

from kubex_testing._handle import Capability, ServerHandle
from kubex_testing._pki import CertificateAuthority, server_context

from ._application import Application
from ._auth import ADMIN, Authenticator, Authorize, Authorizer
from ._clock import ServerClock
from ._cluster import Cluster, Settings
from ._control import PREFIX, Control, ControlledServer
from ._controllers import Controllers
from ._faults.base import FaultList
from ._in_process import load_object
from ._listener import Listener
from ._loop_thread import LoopThread
from ._manifests import Manifest, read_definitions, read_manifests
from ._messages import Identity, RecordedRequest, Response
from ._recording import Recording
from ._request_log import RequestLog
from ._snapshots import Snapshot, take_snapshot

Controller = Literal["namespace-controller", "gc", "bootstrap"]


class EmbeddedServer(ControlledServer):
    """A Kubernetes API server in this process, on the loopback interface, with its state in memory.

    `with EmbeddedServer() as handle` and `async with EmbeddedServer() as handle` (asyncio and trio) start and stop it.
    All methods can be called from any thread.

    Args:
        tls: whether to serve HTTPS instead of plain HTTP.
        port: the port to listen on; 0 selects a free port.
        tokens: bearer tokens and their users, in addition to the token of the administrator.
        authorize: a function that returns whether a user may send a request.
        settings: limits and delays.
        controllers: the controllers to run. `bootstrap` creates the ServiceAccount `default` and the ConfigMap
            `kube-root-ca.crt` in each namespace, and the Service `kubernetes`. It also runs with `workloads`, and
            then creates a pod in `kube-system`, too.
        run_pods: whether to run pods from the start, see `run_pods()`.
        workloads: whether to run pods, and the controllers that create them, from the start; see `run_workloads()`.
        crds: CustomResourceDefinitions to serve from the start, as dictionaries, models, YAML text, files or folders.
        objects: objects that exist from the start, in the same forms. They get their defaults, and those without a
            status also the fields that the server sets when it creates objects. They are not validated.
        record: append the requests to this file as JSON lines, without credentials and the contents of Secrets.
        control: whether other processes can inject faults and change the state through HTTP. Administrators send these
            requests to paths below `/kubex-testing/`.
    """

    def __init__(
        self,
        *,
        tls: bool = True,
        port: int = 0,
        tokens: Mapping[str, Identity] | None = None,
        authorize: Authorize | None = None,
        settings: Settings | None = None,
        controllers: Collection[Controller] = ("namespace-controller", "gc"),
        run_pods: bool = False,
        workloads: bool = False,
        crds: Iterable[Manifest] | Manifest = (),
        objects: Iterable[Manifest] | Manifest = (),
        record: Path | None = None,
        control: bool = False,
    ) -> None:
        self._manifests = read_manifests([*read_definitions(crds), *read_manifests(objects)])
        self._initial: Snapshot | None = None
        self._recording = Recording(record) if record is not None else None
        self._clock = ServerClock()
        self._thread = LoopThread("kubex-embedded-api", self._clock)
        self._admin_token = secrets.token_urlsafe(24)
        self._controllers = frozenset[Controller]((*controllers, *(("bootstrap",) if workloads else ())))
        self._runs_pods = run_pods or workloads
        self._runs_workloads = workloads
        settings = settings or Settings()
        self._cluster = Cluster(settings)
        self._controller_runner = Controllers(self._cluster, self._controllers)
        self._faults = FaultList()
        self._request_log = RequestLog(
            self._cluster.settings.request_log_limit, self._cluster.settings.request_log_bytes
        )
        authenticator = Authenticator({self._admin_token: ADMIN, **(tokens or {})})
        self._app = Application(self._cluster, authenticator, Authorizer(authorize), self._faults)
        self._control = Control(self, authenticator) if control else None
        self._authority = CertificateAuthority() if tls else None
        authority = self._authority
        context = server_context(authority.server_identity(), authority.cert_pem) if authority else None
        self._listener = Listener(port, context, self._handle, self._drops_at_head)

    def start(self) -> ServerHandle:
        """Start the server, and return a handle for its administrator."""
        if self._thread.running:
            raise RuntimeError("the server is already running; call stop() first, or create another EmbeddedServer")
        self._thread.start()
        try:
            self._thread.run(self._open())
        except BaseException:
            self._thread.stop()
            raise
        return self.handle

    def stop(self) -> None:
        """End the streams without an error, close all connections, and stop the thread."""
        if self._thread.running:
            self._thread.run(self._close())
            self._thread.stop()

    def restart(self) -> None:
        """Drop all connections and listen again on the same port, as after a restart. The state is kept."""
        self._thread.run(self._reopen())

    def __enter__(self) -> ServerHandle:
        return self.start()

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> ServerHandle:
        return await anyio.to_thread.run_sync(self.start)

    async def __aexit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.stop)

    @property
    def handle(self) -> ServerHandle:
        """The handle for the administrator."""
        authority = self._authority
        pod_capabilities: tuple[Capability, ...] = ("pod-runtime", "exec") if self._runs_pods else ()
        workloads: tuple[Capability, ...] = ("workloads",) if self._runs_workloads else ()
        controllers: list[Capability] = [name for name in self._controllers if name != "bootstrap"]
        capabilities: frozenset[Capability] = frozenset({"api", *controllers, *pod_capabilities, *workloads})
        return ServerHandle(
            f"{'https' if authority else 'http'}://{self._listener.address}",
            ca_pem=authority.cert_pem if authority else None,
            token=self._admin_token,
            capabilities=capabilities,
            issue_identity=authority.client_identity if authority else None,
        )

    @property
    def handle_for_programs(self) -> ServerHandle:
        """A handle for other programs, with a token and a client certificate.

        Some clients support only one of the two. Without TLS there is no certificate.
        """
        handle = self.handle
        if handle.issue_identity is None:
            return handle
        return replace(handle.as_user(ADMIN.name, ADMIN.groups), token=handle.token)

    # State that tests can inspect

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests since the start or the last `clear_requests()`, ordered by when they were complete."""
        return self._request_log.all()

    def clear_requests(self) -> None:
        """Clear the list of requests."""
        self._request_log.clear()

    def wait_for_request(self, matches: Callable[[RecordedRequest], bool], timeout: float = 5.0) -> RecordedRequest:
        """Block until a request matches, and return the first one.

        Raises:
            TimeoutError: no request matched within `timeout` seconds.
        """
        return self._request_log.wait_for(matches, timeout)

    @property
    def connections(self) -> int:
        """The number of connections that were accepted since the start."""
        return self._listener.accepted

    @property
    def open_connections(self) -> int:
        """The number of open connections."""
        return self._listener.open

    @property
    def open_watches(self) -> int:
        """The number of open watches."""
        return len(self._cluster.open_watches)

    @property
    def open_sessions(self) -> int:
        """The number of open exec, attach and port-forward sessions."""
        return len(self._cluster.containers.sessions)

    @property
    def failures(self) -> list[BaseException]:
        """The latest internal errors of the server, and errors of handlers."""
        return list(self._cluster.failures)

    async def _open(self) -> None:
        # Timers of the controllers were lost with the previous event loop.
        self._controller_runner.resume()
        self._cluster.create_initial_namespaces()
        if "bootstrap" in self._controllers:
            certificate = self._authority.cert_pem if self._authority else ""
            self._controller_runner.bootstrap(certificate, runs_workloads=self._runs_workloads)
        if self._runs_workloads:
            self._controller_runner.run_workloads()
        elif self._runs_pods:
            self._controller_runner.run_pods()
        if self._initial is None:
            self._load_manifests()
        self._listener.listen()
        self._app.address = self._listener.address

    def _load_manifests(self) -> None:
        for document in self._manifests:
            load_object(self._cluster, document, complete=True)
        self._initial = take_snapshot(self._cluster)
        self._keep_pods()

    async def _reopen(self) -> None:
        self._listener.close()
        self._listener.abort_connections()
        self._listener.listen()

    async def _close(self) -> None:
        self._listener.close()
        self._cluster.close_watches()
        self._cluster.containers.shut_down()
        await self._listener.finish_connections()

    async def _handle(self, request: RecordedRequest) -> Response:
        if self._control is not None and request.path.startswith(PREFIX):
            return await self._control.handle(request)
        self._request_log.add(request)
        # The request is recorded first, so that tests can find a request that a fault delays.
        response = await self._app.handle(request)
        if self._recording is not None:
            self._recording.add(request, response.status)
        return response

    def _drops_at_head(self, request: RecordedRequest) -> bool:
        if self._control is not None and request.path.startswith(PREFIX):
            return False
        refused = self._faults.drops_at_head(request)
        if refused:
            self._request_log.add(request)
        return refused
