"""Test against Kubernetes without a cluster: an embedded API server, a control-plane launcher, pytest fixtures."""

from kubex_testing._handle import Capability, ServerHandle

__all__ = ["Capability", "ServerHandle"]
