"""The server as tests use it: its own thread and event loop, and hooks into what happens."""

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
from ._controllers import Controllers
from ._faults import Action, Fault, FaultList, Matcher
from ._listener import Listener
from ._loop_thread import LoopThread
from ._messages import Identity, RecordedRequest, Response
from ._pod_logs import ContainerLog, LogSource
from ._request_log import RequestLog

Controller = Literal["namespace-controller", "gc"]


class EmbeddedServer:
    """A Kubernetes API server in this process, on loopback, with its state in memory.

    Works as `with` and as `async with` (asyncio and trio), giving a `ServerHandle`. `tokens` maps bearer tokens to
    identities beside the administrator's; `authorize` may refuse what a user asks; `controllers` says which run.
    All methods may be called from any thread.
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
    ) -> None:
        self._thread = LoopThread("kubex-embedded-api")
        self._admin_token = secrets.token_urlsafe(24)
        self._controllers = frozenset(controllers)
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
        self._listener = Listener(port, context, self._handle, self._refuse_head)

    def start(self) -> ServerHandle:
        """Start the thread, listen, and return the handle of an administrator."""
        if self._thread.running:
            raise RuntimeError("the server runs already; stop() it first or make another EmbeddedServer")
        self._thread.start()
        self._thread.run(self._open())
        return self.handle

    def stop(self) -> None:
        """End the streams cleanly, close all connections and stop the thread."""
        if self._thread.running:
            self._thread.run(self._close())
            self._thread.stop()

    def restart(self) -> None:
        """Drop all connections and listen again on the same port, state kept: an API server at 3 a.m."""
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
        """The address and the administrator's credentials."""
        authority = self._authority
        capabilities: frozenset[Capability] = frozenset({"api", *self._controllers})
        return ServerHandle(
            f"{'https' if authority else 'http'}://{self._listener.address}",
            ca_pem=authority.cert_pem if authority else None,
            token=self._admin_token,
            capabilities=capabilities,
            issue_identity=authority.client_identity if authority else None,
        )

    @property
    def handle_for_programs(self) -> ServerHandle:
        """The handle for a kubeconfig that other programs read: with a token and a client certificate.

        Some clients know only one of the two. Without TLS there is no certificate.
        """
        handle = self.handle
        if handle.issue_identity is None:
            return handle
        return replace(handle.as_user(ADMIN.name, ADMIN.groups), token=handle.token)

    # What tests see

    @property
    def requests(self) -> list[RecordedRequest]:
        """All requests since the start or the last `clear_requests()`, in the order they were complete."""
        return self._request_log.all()

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._request_log.clear()

    def wait_for_request(self, matches: Callable[[RecordedRequest], bool], timeout: float = 5.0) -> RecordedRequest:
        """Block until such a request has come, or return the first that has; raises TimeoutError."""
        return self._request_log.wait_for(matches, timeout)

    @property
    def connections(self) -> int:
        """How many connections have been accepted since the start."""
        return self._listener.accepted

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        return self._listener.open

    @property
    def open_watches(self) -> int:
        """How many watches are open now."""
        return len(self._cluster.open_watches)

    @property
    def failures(self) -> list[BaseException]:
        """The last errors in the server itself; each was answered with 500."""
        return list(self._app.failures)

    @property
    def revision(self) -> int:
        """The latest revision of the store."""
        return self._cluster.store.revision

    # What tests do

    def inject(self, matcher: Matcher, action: Action, *, times: int | None = 1) -> Fault:
        """Let an action meet the next `times` requests (None: all) that match.

        A matcher is a predicate, or text: `GET /api/v1/pods`, `POST *`, `/version` (any method), `*`.
        """
        fault = Fault(matcher, action, times)
        self._faults.add(fault)
        return fault

    def clear_faults(self) -> None:
        """Let all requests be handled normally again."""
        self._faults.clear()

    def compact(self) -> None:
        """Forget all history: older resourceVersions and continue tokens answer 410 Expired."""
        self._thread.call(self._cluster.store.compact)

    def bookmark_now(self) -> None:
        """Send a bookmark on every open watch that takes them."""
        self._thread.call(self._cluster.send_bookmarks)

    def close_watches(self) -> None:
        """End every open watch cleanly, as a server does when their time is up."""
        self._thread.call(self._cluster.close_watches)

    def drop_connections(self) -> None:
        """Cut every open connection."""
        self._thread.call(self._listener.abort_connections)

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
        """Set the log of a container: bytes, or a function that makes an asynchronous stream of them.

        `written` is the time of its lines (default: now). With `ended=False` followers wait for `append_pod_log()`.
        """
        log = ContainerLog(ended=ended)
        if callable(content):
            log.chunks = content
        else:
            log.append(content, written)
        key = (namespace, name, container, previous)
        self._thread.call(lambda: self._cluster.logs.update({key: log}))

    def append_pod_log(self, namespace: str, name: str, container: str, content: bytes) -> None:
        """Add lines to the log of a container; those who follow it get them at once."""
        self._thread.call(lambda: self._pod_log(namespace, name, container).append(content))

    def end_pod_log(self, namespace: str, name: str, container: str) -> None:
        """Say that the container has ended: those who follow its log come to the end."""
        self._thread.call(self._pod_log(namespace, name, container).end)

    def _pod_log(self, namespace: str, name: str, container: str) -> ContainerLog:
        key = (namespace, name, container, False)
        log = self._cluster.logs.get(key)
        if log is None:
            raise KeyError(f"container {container!r} of pod {namespace}/{name} has no log; call set_pod_log() first")
        return log

    async def _open(self) -> None:
        self._controller_runner.resume()
        self._cluster.create_initial_namespaces()
        self._listener.listen()
        self._app.address = self._listener.address

    async def _reopen(self) -> None:
        self._listener.close()
        self._listener.abort_connections()
        self._listener.listen()

    async def _close(self) -> None:
        self._listener.close()
        self._cluster.close_watches()
        await self._listener.finish_connections()

    async def _handle(self, request: RecordedRequest) -> Response:
        self._request_log.add(request)
        return await self._app.handle(request)

    def _refuse_head(self, request: RecordedRequest) -> bool:
        refused = self._faults.drops_at_head(request)
        if refused:
            self._request_log.add(request)
        return refused
