"""The in-cluster configuration: address, token, CA and namespace that Kubernetes provides to every pod."""

from collections.abc import Mapping
from pathlib import Path

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._default_path import exists
from kubex.credentials._file_io import read_pem, read_text
from kubex.credentials._tokens import read_token
from kubex.errors import ConfigurationError

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_ADDRESS = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
_NOT_IN_POD = "kubex is not running in a pod, or the pod has automountServiceAccountToken: false"


def pod_configuration(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> ClientConfiguration:
    """Create the configuration of this pod's service account; `ConfigurationError` names a missing part."""
    host, port = (_variable(environ, name) for name in _ADDRESS)
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 2**16):
        problem = "is not a port number; set it to the port of the API server, such as 443"
        raise ConfigurationError(problem, source="environment", field="KUBERNETES_SERVICE_PORT")
    token, ca = service_account / "token", service_account / "ca.crt"
    for path in (token, ca):
        if not _may_exist(path):
            raise ConfigurationError(f"the file does not exist; {_NOT_IN_POD}", source=str(path))
    # Read both now, so that a bad mount is an error here and not on the first request.
    read_token(token, field="token")
    read_pem(ca, field="ca.crt")
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return ClientConfiguration(
        url=f"https://{host}:{port}",
        server_ca_file=ca,
        token_file=token,
        namespace=_namespace(environ, service_account / "namespace"),
    )


def is_pod(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> bool:
    """Return whether this process runs in a pod with a service account."""
    return all(environ.get(name) for name in _ADDRESS) and exists(service_account / "token")


def namespace_in_pod(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> str | None:
    """Return the namespace of this pod; None outside a pod, or without a service account."""
    return _namespace(environ, service_account / "namespace") if is_pod(environ, service_account) else None


def _variable(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"is not set; {_NOT_IN_POD}", source="environment", field=name)
    return value


def _namespace(environ: Mapping[str, str], path: Path) -> str | None:
    # As in client-go, the downward API takes precedence over the mounted file.
    if named := environ.get("POD_NAMESPACE"):
        return named
    return read_text(path, field="namespace").strip() or None if _may_exist(path) else None


def _may_exist(path: Path) -> bool:
    """Return False only if the file is missing; without access, reading the file raises an error with the reason."""
    try:
        return path.exists()
    except OSError:
        return True
