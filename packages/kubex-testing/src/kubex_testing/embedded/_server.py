"""The server as tests use it: its own thread and event loop, and hooks into what happens."""

import asyncio
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from types import TracebackType
from typing import Any, Literal, TypeVar

import anyio.to_thread

from kubex_testing._handle import Capability, ServerHandle
from kubex_testing._pki import CertificateAuthority, server_context

from ._app import Application
from ._auth import ADMIN, Authenticator, Authorize, Authorizer
from ._cluster import FIRST_NAMESPACES, Cluster, Settings, new_uid, now
from ._controllers import Controllers
from ._faults import Action, Fault, Faults, Matcher
from ._http import Connection
from ._messages import Identity, RecordedRequest, Response

T = TypeVar("T")
Controller = Literal["namespace-controller", "gc"]
STOP_TIMEOUT = 10.0
HOST = "127.0.0.1"


class EmbeddedServer:
    """A Kubernetes API server in this process, on loopback, with its state in memory.

    Works as `with` and as `async with` (asyncio and trio), giving a `ServerHandle`. `tokens` maps bearer tokens to
    identities beside the administrator's; `authorize` may refuse what a user asks; times in `settings` are seconds.
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
        self._tls = tls
        self._port = port
        self._admin_token = secrets.token_urlsafe(24)
        self._authority = CertificateAuthority() if tls else None
        self._context = self._server_context()
        self._cluster = Cluster(settings or Settings())
        self._controllers = frozenset(controllers)
        Controllers(self._cluster, self._controllers)
        self._faults = Faults()
        self._app = Application(
            self._cluster,
            Authenticator({self._admin_token: ADMIN, **(tokens or {})}),
            Authorizer(authorize),
            self._faults,
        )
        self._requests: list[RecordedRequest] = []
        self._arrival = threading.Condition()
        self._open: dict[Connection, asyncio.Task[None]] = {}
        self._connection_count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._listener: asyncio.Server | None = None

    # Life

    def start(self) -> ServerHandle:
        """Start the thread, listen, and return the handle of an administrator."""
        if self._thread is not None:
            raise RuntimeError("the server is running; one EmbeddedServer serves once at a time")
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name="kubex-embedded-api", daemon=True)
        self._thread.start()
        started.wait()
        self._call(self._listen())
        return self.handle

    def stop(self) -> None:
        """End the streams cleanly, close all connections and stop the thread."""
        thread, loop = self._thread, self._loop
        if thread is None or loop is None:
            return
        self._call(self._shut_down())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_TIMEOUT)
        self._thread = self._loop = None

    def restart(self) -> None:
        """Drop all connections and listen again on the same port, state kept: an API server at 3 a.m."""
        self._call(self._restart())

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
        if authority is None:
            return ServerHandle(f"http://{HOST}:{self._port}", token=self._admin_token, capabilities=capabilities)
        return ServerHandle(
            f"https://{HOST}:{self._port}",
            ca_pem=authority.cert_pem,
            token=self._admin_token,
            capabilities=capabilities,
            issue_identity=authority.client_identity,
        )

    # What tests see

    @property
    def requests(self) -> list[RecordedRequest]:
        """All requests since the start or the last `clear_requests()`, in the order they were complete."""
        with self._arrival:
            return list(self._requests)

    def clear_requests(self) -> None:
        with self._arrival:
            self._requests.clear()

    def wait_for_request(self, matches: Callable[[RecordedRequest], bool], timeout: float = 5.0) -> RecordedRequest:
        """Block until such a request has come (or return one that has); raises TimeoutError."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: any(map(matches, self._requests)), timeout):
                raise TimeoutError(f"no such request within {timeout} s; there were {len(self._requests)} others")
            return next(filter(matches, self._requests))

    @property
    def connections(self) -> int:
        """How many connections have been opened since the start."""
        return self._connection_count

    @property
    def open_connections(self) -> int:
        return len(self._open)

    @property
    def open_watches(self) -> int:
        return len(self._cluster.watchers)

    @property
    def failures(self) -> list[BaseException]:
        """Errors in the server itself; each was answered with 500."""
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
        self._faults.clear()

    def compact(self) -> None:
        """Forget all history: older resourceVersions and continue tokens answer 410 Expired."""
        self._on_loop(self._cluster.store.compact)

    def bookmark_now(self) -> None:
        """Send a bookmark on every open watch that takes them."""
        self._on_loop(self._cluster.send_bookmarks)

    def close_watches(self) -> None:
        """End every open watch cleanly, as a server does when their time is up."""
        self._on_loop(self._cluster.close_watches)

    def drop_connections(self) -> None:
        """Cut every open connection."""
        self._on_loop(self._abort_all)

    # The thread

    def _server_context(self) -> ssl.SSLContext | None:
        authority = self._authority
        if authority is None:
            return None
        return server_context(authority.server_identity(), authority.cert_pem)

    def _run(self, started: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        loop.call_soon(started.set)
        try:
            loop.run_forever()
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            coroutine.close()
            raise RuntimeError("the server is not running; start() it, or enter it with `with`")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _on_loop(self, function: Callable[[], T]) -> T:
        async def run() -> T:
            return function()

        return self._call(run())

    async def _listen(self) -> None:
        listening = socket.create_server((HOST, self._port), backlog=512)
        self._port = listening.getsockname()[1]
        self._app.address = f"{HOST}:{self._port}"
        self._seed()
        self._listener = await asyncio.start_server(self._accept, sock=listening, ssl=self._context)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connection_count += 1
        connection = Connection(
            reader,
            writer,
            number=self._connection_count,
            handler=self._handle,
            refuse_head=self._refuse_head,
        )
        task = asyncio.current_task()
        if task is None:
            return
        self._open[connection] = task
        try:
            await connection.run()
        except asyncio.CancelledError:
            connection.abort()
        finally:
            self._open.pop(connection, None)

    async def _handle(self, request: RecordedRequest) -> Response:
        self._record(request)
        return await self._app.handle(request)

    def _refuse_head(self, request: RecordedRequest) -> bool:
        refused = self._faults.take_head(request)
        if refused:
            self._record(request)
        return refused

    def _record(self, request: RecordedRequest) -> None:
        with self._arrival:
            self._requests.append(request)
            self._arrival.notify_all()

    async def _restart(self) -> None:
        self._close_listener()
        self._abort_all()
        await self._listen()

    async def _shut_down(self) -> None:
        self._close_listener()
        self._cluster.close_watches()
        tasks = set(self._open.values())
        if tasks:
            await asyncio.wait(tasks, timeout=0.1)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _abort_all(self) -> None:
        for connection in tuple(self._open):
            connection.abort()

    def _seed(self) -> None:
        """Make the namespaces that every cluster has."""
        for name in FIRST_NAMESPACES:
            if self._cluster.namespace(name) is not None:
                continue
            metadata = {
                "name": name,
                "uid": new_uid(),
                "creationTimestamp": now(),
                "labels": {"kubernetes.io/metadata.name": name},
            }
            document = {
                "kind": "Namespace",
                "apiVersion": "v1",
                "metadata": metadata,
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }
            self._cluster.store.put("namespaces.", name, document)
