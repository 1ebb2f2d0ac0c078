"""The suites of each area of the contract, and all of them together."""

from kubex_testing.compliance._suites.cancellation import CancellationTests
from kubex_testing.compliance._suites.chunks import ChunkTests
from kubex_testing.compliance._suites.compression import CompressionTests
from kubex_testing.compliance._suites.discovery import DiscoveryTests
from kubex_testing.compliance._suites.early_responses import EarlyResponseTests
from kubex_testing.compliance._suites.errors import ErrorTests
from kubex_testing.compliance._suites.http2 import HTTP2Tests
from kubex_testing.compliance._suites.http2_fallback import HTTP2FallbackTests
from kubex_testing.compliance._suites.http_proxies import HTTPProxyTests
from kubex_testing.compliance._suites.https_proxies import HTTPSProxyTests
from kubex_testing.compliance._suites.idle_connections import IdleConnectionTests
from kubex_testing.compliance._suites.interim_responses import InterimResponseTests
from kubex_testing.compliance._suites.lifecycle import LifecycleTests
from kubex_testing.compliance._suites.pool import PoolTests
from kubex_testing.compliance._suites.proxy_errors import ProxyErrorTests
from kubex_testing.compliance._suites.requests import RequestTests
from kubex_testing.compliance._suites.responses import ResponseTests
from kubex_testing.compliance._suites.socks_proxies import SOCKSProxyTests
from kubex_testing.compliance._suites.stream_ends import StreamEndTests
from kubex_testing.compliance._suites.streams import StreamTests
from kubex_testing.compliance._suites.timeouts import TimeoutTests
from kubex_testing.compliance._suites.tls import TLSTests
from kubex_testing.compliance._suites.tls_shutdown import TLSShutdownTests
from kubex_testing.compliance._suites.websocket_close import WebSocketCloseTests
from kubex_testing.compliance._suites.websocket_concurrency import WebSocketConcurrencyTests
from kubex_testing.compliance._suites.websocket_frames import WebSocketFrameTests
from kubex_testing.compliance._suites.websocket_limits import WebSocketLimitTests
from kubex_testing.compliance._suites.websocket_upgrades import WebSocketUpgradeTests
from kubex_testing.compliance._suites.websockets import WebSocketTests


class RequestSuite(RequestTests, ResponseTests, InterimResponseTests, EarlyResponseTests):
    """Requests as the server receives them, and responses as the caller receives them."""


class StreamSuite(StreamTests, StreamEndTests, ChunkTests, CompressionTests):
    """Bodies that are read as they arrive, and bodies that are not read to their end."""


class WebSocketSuite(
    WebSocketTests,
    WebSocketFrameTests,
    WebSocketUpgradeTests,
    WebSocketLimitTests,
    WebSocketCloseTests,
    WebSocketConcurrencyTests,
):
    """WebSockets, for backends with the capability `websockets`."""


class TimeoutSuite(TimeoutTests):
    """The time limit of each phase of a request."""


class ErrorSuite(ErrorTests):
    """The exceptions for failed connections and malformed responses."""


class ProxySuite(HTTPProxyTests, HTTPSProxyTests, ProxyErrorTests, SOCKSProxyTests):
    """HTTP and SOCKS5 proxies, for backends that support them."""


class TLSSuite(TLSTests, TLSShutdownTests):
    """Certificates, and the end of TLS connections."""


class HTTP2Suite(HTTP2Tests, HTTP2FallbackTests):
    """HTTP/2, for backends with the capability `http2`."""


class LifecycleSuite(PoolTests, IdleConnectionTests, LifecycleTests):
    """The connections of a transport: reuse, limits, and their end."""


class CancellationSuite(CancellationTests):
    """Calls that are cancelled at each moment, with each way to cancel."""


class DiscoverySuite(DiscoveryTests):
    """The descriptor of the backend, and its entry point."""


class ComplianceSuite(
    RequestSuite,
    StreamSuite,
    WebSocketSuite,
    TimeoutSuite,
    ErrorSuite,
    ProxySuite,
    TLSSuite,
    HTTP2Suite,
    LifecycleSuite,
    CancellationSuite,
    DiscoverySuite,
):
    """All tests of the contract between Kubex and a backend.

    Subclass it in a test module, and run pytest::

        from kubex_short import BACKEND
        from kubex_testing.compliance import ComplianceSuite


        class TestShort(ComplianceSuite):
            backend = BACKEND

    Each test runs on each runtime of the backend, with real sockets. A test that needs a capability which the backend
    does not have is skipped, see `Capabilities`. The docstring of each test is a rule of the contract. If a test fails,
    the report contains this rule, and the bytes that the transport and the servers sent.
    """
