"""Find the programs of a control plane by the conventions of envtest."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubex_testing.controlplane._errors import ControlPlaneUnavailable

ASSETS_VARIABLE = "KUBEBUILDER_ASSETS"
DEFAULT_FOLDER = Path("/usr/local/kubebuilder/bin")
EXISTING_CLUSTER_VARIABLE = "USE_EXISTING_CLUSTER"
CONTROLLER_MANAGER = "kube-controller-manager"
# A small replacement for the kubelet, which runs Pods as processes of this machine.
KUBELET = "kubex-kubelet"


@dataclass(frozen=True)
class Assets:
    """The paths of the programs. The controller manager and the kubelet are optional."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path | None
    kubelet: Path | None


def uses_existing_cluster(environ: Mapping[str, str]) -> bool:
    """Return whether to use the cluster of the current kubeconfig instead of starting a control plane."""
    return environ.get(EXISTING_CLUSTER_VARIABLE, "").lower() in {"1", "t", "true"}


def find_assets(
    environ: Mapping[str, str], *, controller_manager: bool | None = None, kubelet: bool | None = None
) -> Assets:
    """Find the programs. The argument of an optional program is True to require it, and False to ignore it.

    Raises:
        ControlPlaneUnavailable: a program is missing. The message names it and the path that was checked.
    """
    return Assets(
        etcd=_require("etcd", environ),
        kube_apiserver=_require("kube-apiserver", environ),
        kube_controller_manager=_find_optional(CONTROLLER_MANAGER, environ, controller_manager),
        kubelet=_find_optional(KUBELET, environ, kubelet),
    )


def _find_optional(name: str, environ: Mapping[str, str], required: bool | None) -> Path | None:
    if required is False:
        return None
    # A path from the environment must be correct even if the program is optional: a typo must not disable it.
    if required or environ.get(_variable(name)):
        return _require(name, environ)
    path, _ = _candidate(name, environ)
    return path if path.is_file() else None


def _require(name: str, environ: Mapping[str, str]) -> Path:
    path, source = _candidate(name, environ)
    if path.is_file():
        return path
    raise ControlPlaneUnavailable(
        f"no {name} at {path} ({source}). Set {ASSETS_VARIABLE} to a folder that contains etcd, kube-apiserver and, "
        f"for controllers, {CONTROLLER_MANAGER}, and for Pods that run, {KUBELET}; "
        f"or {_variable(name)} to the path of this program; "
        f"or {EXISTING_CLUSTER_VARIABLE}=true to use the cluster of the current kubeconfig"
    )


def _candidate(name: str, environ: Mapping[str, str]) -> tuple[Path, str]:
    """Return the path to check, and the source of that path."""
    # There is only one candidate: a fallback to other folders could mix programs of different releases.
    path_value = environ.get(_variable(name))
    if path_value:
        return Path(path_value), f"from {_variable(name)}"
    folder = environ.get(ASSETS_VARIABLE)
    if folder:
        return Path(folder) / name, f"from {ASSETS_VARIABLE}"
    return DEFAULT_FOLDER / name, f"neither {_variable(name)} nor {ASSETS_VARIABLE} is set"


def _variable(name: str) -> str:
    return "TEST_ASSET_" + name.upper().replace("-", "_")
