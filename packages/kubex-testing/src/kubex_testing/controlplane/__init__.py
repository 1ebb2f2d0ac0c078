"""Start a real etcd and kube-apiserver for tests. The programs are found by the conventions of envtest."""

from kubex_testing.controlplane._data_directory import TokenUser
from kubex_testing.controlplane._errors import ControlPlaneStartError, ControlPlaneUnavailable
from kubex_testing.controlplane._launcher import ControlPlane

__all__ = ["ControlPlane", "ControlPlaneStartError", "ControlPlaneUnavailable", "TokenUser"]
