"""Test code that uses Kubernetes, without a cluster.

The package provides an embedded API server, a launcher for a real control plane, pytest fixtures, and a scripted
transport.
"""

from typing import TYPE_CHECKING, Any

from kubex_testing._handle import Capability, ServerHandle

if TYPE_CHECKING:
    from kubex_testing._mock import MockAction, MockResponse, MockTransport

__all__ = ["Capability", "MockAction", "MockResponse", "MockTransport", "ServerHandle"]


def __getattr__(name: str) -> Any:
    # pytest imports this package at every start, so import the module that needs kubex only on first use.
    if name in ("MockAction", "MockResponse", "MockTransport"):
        from kubex_testing import _mock

        return getattr(_mock, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
