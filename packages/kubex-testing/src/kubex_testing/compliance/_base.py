"""`BackendTests`: the fixtures for tests of one backend, and the parameters with which pytest runs them."""

import functools
import gc
import inspect
import math
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any, ClassVar

import anyio
import pytest

from kubex.transport import Transport, TransportConfig
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._cancellation import cancel_methods
from kubex_testing.compliance._capabilities import Capabilities
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance._tls import certificate_authority, client_context, server_context, settings_of
from kubex_testing.compliance.servers import ConnectionHandler, OpenTransport, Server, StartServer, respond_ok

# Connections that are not closed are errors.
_WARNING_FILTERS = [
    pytest.mark.filterwarnings(f"error::{category}").mark
    for category in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning")
]


class BackendTests(Capabilities):
    """The base class of the suites. It provides fixtures, and runs each async test on each runtime of the backend.

    pytest collects a subclass only if it has a `backend`. Use it for tests of your own library, too:

    * `open_transport` creates a transport and closes it: `async with open_transport(pool_size=1) as transport`.
    * `start_server` starts a `Server` with a handler for its connections: `start_server(handler, tls=server_tls)`.
    * `server_tls` is the SSL context of a server. Its certificate is for `127.0.0.1` and `kubernetes.test`.
    * `client_tls` is the SSL context of a client that trusts `authority`, which signed this certificate.
    * `runtime` is `asyncio` or `trio`.
    * `clock` is the clock of the event loop, which a test can move.
    """

    time_limit: float = 60.0
    """The maximum duration of a test in seconds, so that a request without an end fails only one test."""

    _time_limit_scope: anyio.CancelScope
    __test__ = False
    pytestmark: ClassVar[list[pytest.MarkDecorator]] = [pytest.mark.anyio]

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls.__test__ = hasattr(cls, "backend")
        for name, function in tuple(vars(cls).items()):
            if name.startswith("test_") and inspect.isfunction(function):
                test = _with_time_limit(function) if inspect.iscoroutinefunction(function) else function
                # A filter of the class would replace the filters of a test, so add ours to each test, before its own.
                vars(test)["pytestmark"] = [*_WARNING_FILTERS, *vars(test).get("pytestmark", ())]
                setattr(cls, name, test)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run tests on each runtime, and tests with the argument `cancel` with each way to cancel a call."""
        runtimes = sorted(self.backend.runtimes)
        if "cancel" in metafunc.fixturenames:
            cases = [(name, cancel) for name in runtimes for cancel in cancel_methods(name, self.native_cancellation)]
            ids = [f"{runtime}-{cancel.__name__}" for runtime, cancel in cases]
            metafunc.parametrize(("runtime", "cancel"), cases, ids=ids)
        elif "runtime" in metafunc.fixturenames:
            metafunc.parametrize("runtime", runtimes)

    def disable_time_limit(self) -> None:
        """Disable the time limit of the current test, for tests that look at all timers."""
        self._time_limit_scope.deadline = math.inf

    def failure_sections(self, rule: str | None) -> Iterator[tuple[str, str]]:
        """Return the sections for the report of a failed test: its rule, and the bytes of each connection."""
        if rule is not None:
            yield "rule of the contract", inspect.cleandoc(rule)
        for server in vars(self).get("_servers", ()):
            for number, transcript in enumerate(server.transcripts, 1):
                yield f"connection {number} to port {server.port}", str(transcript)

    @pytest.fixture(autouse=True)
    def _check_capabilities(self, request: pytest.FixtureRequest) -> None:
        for capability in getattr(request.function, "required", ()):
            self.skip_without(capability)
        if "clock" in request.fixturenames:
            self.skip_without("event_loop_timers")

    @pytest.fixture(autouse=True)
    def _collect_garbage(self) -> Iterator[None]:
        # Warnings about unclosed resources appear in the test that caused them.
        _freeze_imported_objects()
        yield
        gc.collect()

    @pytest.fixture
    def clock(self) -> Clock:
        """Return a clock of the event loop that the test can move."""
        self._clock = Clock()
        return self._clock

    @pytest.fixture
    def anyio_backend(self, request: pytest.FixtureRequest, runtime: str) -> str | tuple[str, dict[str, Any]]:
        """Run async tests on the runtime."""
        if "clock" not in request.fixturenames:
            return runtime
        clock: Clock = request.getfixturevalue("clock")
        return clock.backend(runtime)

    @pytest.fixture
    def open_transport(self) -> OpenTransport:
        """Return a context manager that creates a transport of the backend and closes it."""

        @asynccontextmanager
        async def opened(**settings: Any) -> AsyncGenerator[Transport, None]:
            settings.setdefault("tls", settings_of(settings.get("ssl_context")))
            settings.setdefault("proxy_tls", settings_of(settings.get("proxy_ssl_context")))
            transport = self.backend.load()(TransportConfig(**settings))
            try:
                yield transport
            finally:
                await transport.aclose()

        return opened

    @pytest.fixture
    def start_server(self) -> Iterator[StartServer]:
        """Return a function that starts a server. All servers are stopped at the end of the test."""
        self._servers: list[Server] = []
        with ExitStack() as stack:

            def start(handler: ConnectionHandler = respond_ok, *, tls: ssl.SSLContext | None = None) -> Server:
                self._servers.append(Server(handler, tls=tls))
                return stack.enter_context(self._servers[-1])

            yield start

    @pytest.fixture
    def authority(self) -> CertificateAuthority:
        """Return the certificate authority of the servers."""
        return certificate_authority()

    @pytest.fixture
    def server_tls(self, authority: CertificateAuthority) -> ssl.SSLContext:
        """Return the SSL context of a server. Its certificate is for 127.0.0.1 and kubernetes.test."""
        return server_context(authority, "127.0.0.1", "kubernetes.test")

    @pytest.fixture
    def client_tls(self, authority: CertificateAuthority) -> ssl.SSLContext:
        """Return the SSL context of a client that trusts the authority."""
        return client_context(authority)


def _with_time_limit(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def limited(suite: BackendTests, *arguments: Any, **fixtures: Any) -> None:
        with anyio.move_on_after(suite.time_limit) as scope:  # real time: a guard
            suite._time_limit_scope = scope  # pyright: ignore[reportPrivateUsage] - a method of this class
            if (clock := vars(suite).get("_clock")) is not None:
                clock.time_limit = scope
            await test(suite, *arguments, **fixtures)
        if scope.cancelled_caught:
            pytest.fail(f"the test did not end within {suite.time_limit:g} s (time_limit)")

    return limited


@functools.cache
def _freeze_imported_objects() -> None:
    """Exclude all imported objects from garbage collection, so that collections after each test are fast."""
    gc.collect()
    gc.freeze()
