"""Tests for authors of backends: subclass `ComplianceSuite`, name your backend, and run pytest.

For example::

    from kubex_short import BACKEND
    from kubex_testing.compliance import ComplianceSuite


    class TestShort(ComplianceSuite):
        backend = BACKEND

The other suites contain the tests of one area. `BackendTests` provides the fixtures for your own tests, and
`kubex_testing.compliance.servers` the servers that read and write each byte.
"""

from kubex_testing.compliance._areas import (
    CancellationSuite,
    ComplianceSuite,
    DiscoverySuite,
    ErrorSuite,
    HTTP2Suite,
    LifecycleSuite,
    ProxySuite,
    RequestSuite,
    StreamSuite,
    TimeoutSuite,
    TLSSuite,
    WebSocketSuite,
)
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import Capabilities, requires

__all__ = [
    "BackendTests",
    "CancellationSuite",
    "Capabilities",
    "ComplianceSuite",
    "DiscoverySuite",
    "ErrorSuite",
    "HTTP2Suite",
    "LifecycleSuite",
    "ProxySuite",
    "RequestSuite",
    "StreamSuite",
    "TLSSuite",
    "TimeoutSuite",
    "WebSocketSuite",
    "requires",
]
