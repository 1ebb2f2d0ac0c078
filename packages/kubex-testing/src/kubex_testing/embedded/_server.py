"""The embedded server: it runs in a separate thread, and has hooks for tests."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Literal

import anyio
import anyio.to_thread

from kubex_testing._handle import Capability, ServerHandle
from kubex_testing._pki import CertificateAuthority, server_context

from ._application import Application
from ._auth import ADMIN, Authenticator, Authorize, Authorizer
from ._cluster import Cluster, Settings
from ._containers.files import ContainerFiles
from ._containers.ports import PortHandler
from ._containers.process import ProcessHandler
from ._controllers import Controllers
from ._faults.base import Fault, FaultAction, FaultList, Matcher
from ._listener import Listener
from ._loop_thread import LoopThread
from ._messages import Identity, RecordedRequest, Response
from ._pod_logs import ContainerLog, LogSource
from ._request_log import RequestLog

Controller = Literal["namespace-controller", "gc"]


class EmbeddedServer:
    """A Kubernetes API server in this process, on the loopback interface, with its state in memory.

    `with EmbeddedServer() as handle` and `async with EmbeddedServer() as handle` (asyncio and trio) start and stop it.
    All methods can be called from any thread.

    Args:
        tls: whether to serve HTTPS instead of plain HTTP.
        port: the port to listen on; 0 selects a free port.
        tokens: bearer tokens and their users, in addition to the token of the administrator.
        authorize: a function that returns whether a user may send a request.
        settings: limits and delays.
        controllers: the controllers to run.
        run_pods: whether to run pods from the start, see `run_pods()`.
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
    ) -> None:
        self._thread = LoopThread("kubex-embedded-api")
        self._admin_token = secrets.token_urlsafe(24)
        self._controllers = frozenset(controllers)
        self._runs_pods = run_pods
        settings = settings or Settings()
        self._cluster = Cluster(settings)
        self._controller_runner = Controllers(self._cluster, self._controllers)
        self._faults = FaultList()
        self._request_log = RequestLog(
            self._cluster.settings.request_log_limit, self._cluster.settings.request_log_bytes
        )
        self._app = Application(
            self._cluster,
            Authenticator({self._admin_token: ADMIN, **(tokens or {})}),
            Authorizer(authorize),
            self._faults,
        )
        self._authority = CertificateAuthority() if tls else None
        authority = self._authority
        context = server_context(authority.server_identity(), authority.cert_pem) if authority else None
        self._listener = Listener(port, context, self._handle, self._drops_at_head)

    def start(self) -> ServerHandle:
        """Start the server, and return a handle for its administrator."""
        if self._thread.running:
            raise RuntimeError("the server is already running; call stop() first, or create another EmbeddedServer")
        self._thread.start()
        self._thread.run(self._open())
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
        capabilities: frozenset[Capability] = frozenset({"api", *self._controllers, *pod_capabilities})
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

    @property
    def revision(self) -> int:
        """The latest revision of the store."""
        return self._cluster.store.revision

    # Actions for tests

    def inject(self, matcher: Matcher, fault: FaultAction, *, times: int | None = 1) -> Fault:
        """Apply a fault to the next `times` matching requests, or to all of them for None.

        A matcher is a verb and a resource (`watch pods`, `list deployments.apps`, `create *`), a method and a path
        (`GET /version`, `POST *`, `*`), or a function of the request. A request gets the oldest fault that matches it,
        and in addition all matching faults that combine with others, such as `NoBookmarks`.

        Raises:
            ValueError: the matcher cannot match a request.

        Example:
            server.inject("watch configmaps", EndWatch(after=1), times=2)
            async with config_maps.watch() as events:
                assert len([event async for event in events]) == 1
        """
        injected = Fault(matcher, fault, times)
        self._faults.add(injected)
        return injected

    def clear_faults(self) -> None:
        """Remove all injected faults, and end the waits of `Delay` and `Silence`."""
        self._faults.clear()

    def compact(self) -> None:
        """Discard the history, so that older resource versions and continue tokens return 410 Expired."""
        self._thread.call(self._cluster.store.compact)

    def bookmark_now(self) -> None:
        """Send a bookmark on each open watch that allows bookmarks."""
        self._thread.call(self._cluster.send_bookmarks)

    def close_watches(self) -> None:
        """End all open watches without an error, as after their timeout."""
        self._thread.call(self._cluster.close_watches)

    def drop_connections(self) -> None:
        """Abort all open connections."""
        self._thread.call(self._listener.abort_connections)

    def run_pods(self) -> None:
        """Run all pods, now and later: they become Running and Ready, and are removed after their deletion.

        The pods that exist are Running when this method returns. Pods without a node are assigned to the node
        `node-1`, which is created. Pods with scheduling gates, or on a node that does not exist, stay Pending. No
        program is started for a pod.
        """
        self._runs_pods = True
        if self._thread.running:
            self._thread.call(self._controller_runner.run_pods)

    def set_exec_handler(
        self,
        handler: ProcessHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Run the commands of clients in containers with an async function, instead of the built-in commands.

        The handler receives a `ContainerProcess` and returns the exit code. It runs in the event loop of the server,
        and is cancelled when the client disconnects. None selects all namespaces, pods or containers; the handler that
        was set last has priority. `process.run_builtin()` runs the built-in command.
        """
        self._cluster.containers.exec_handlers.add(handler, namespace, pod, container)

    def set_attach_handler(
        self,
        handler: ProcessHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Connect clients that attach to a container with an async function.

        The function has the same form as for `set_exec_handler()`, but its exit code is ignored. Without a handler,
        clients receive the lines that `append_pod_log()` adds, until `end_pod_log()`.
        """
        self._cluster.containers.attach_handlers.add(handler, namespace, pod, container)

    def set_port_target(
        self, port: int, target: PortHandler | int, *, namespace: str | None = None, pod: str | None = None
    ) -> None:
        """Connect clients of port-forward to an async function, or to a port of the loopback interface.

        The function receives a `PortStream`, and the connection is closed when it returns. None selects all namespaces
        or pods; the target that was set last has priority. A port without a target refuses connections.
        """
        self._cluster.containers.port_targets.add(target, namespace, pod, port)

    def set_pod_log(
        self,
        namespace: str,
        name: str,
        container: str,
        content: bytes | LogSource,
        *,
        written: datetime | None = None,
        previous: bool = False,
        ended: bool = True,
    ) -> None:
        """Set the log of a container, as bytes or as a function that returns an async iterable of bytes.

        `written` is the time of the lines (default: now). With `ended=False`, requests that follow the log wait for
        `append_pod_log()`.
        """
        log = ContainerLog(ended=ended)
        if callable(content):
            log.chunks = content
        else:
            log.append(content, written)
        key = (namespace, name, container, previous)
        self._thread.call(lambda: self._cluster.logs.update({key: log}))

    def append_pod_log(self, namespace: str, name: str, container: str, content: bytes) -> None:
        """Add lines to the log of a container. Requests that follow the log receive them at once."""
        self._thread.call(lambda: self._pod_log(namespace, name, container).append(content))

    def end_pod_log(self, namespace: str, name: str, container: str) -> None:
        """Mark the log of a container as complete, which ends the requests that follow it."""
        self._thread.call(self._pod_log(namespace, name, container).end)

    def read_container_file(self, namespace: str, name: str, container: str, path: str) -> bytes:
        """Return the content of a file in the memory of a container.

        Raises:
            KeyError: the pod does not exist.
            OSError: the file does not exist.
        """
        return self._thread.call(lambda: self._files(namespace, name, container).read_bytes(path))

    def write_container_file(
        self, namespace: str, name: str, container: str, path: str, content: bytes, *, mode: int = 0o644
    ) -> None:
        """Create or replace a file in the memory of a container, and create its folders.

        Raises:
            KeyError: the pod does not exist.
        """
        self._thread.call(lambda: self._files(namespace, name, container).write_bytes(path, content, mode))

    def _files(self, namespace: str, name: str, container: str) -> ContainerFiles:
        stored = self._cluster.store.get("pods.", f"{namespace}/{name}")
        if stored is None:
            raise KeyError(f"pod {namespace}/{name} does not exist; create it first")
        return self._cluster.containers.files(stored.object["metadata"]["uid"], container)

    def _pod_log(self, namespace: str, name: str, container: str) -> ContainerLog:
        key = (namespace, name, container, False)
        log = self._cluster.logs.get(key)
        if log is None:
            raise KeyError(f"container {container!r} of pod {namespace}/{name} has no log; call set_pod_log() first")
        return log

    async def _open(self) -> None:
        # Timers of the controllers were lost with the previous event loop.
        self._controller_runner.resume()
        self._cluster.create_initial_namespaces()
        if self._runs_pods:
            self._controller_runner.run_pods()
        self._listener.listen()
        self._app.address = self._listener.address

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
        self._request_log.add(request)
        # The request is recorded first, so that tests can find a request that a fault delays.
        return await self._app.handle(request)

    def _drops_at_head(self, request: RecordedRequest) -> bool:
        refused = self._faults.drops_at_head(request)
        if refused:
            self._request_log.add(request)
        return refused
