"""The configuration that Kubernetes gives to every pod."""

from collections.abc import Mapping
from pathlib import Path

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._default_path import exists
from kubex.credentials._file_io import read_pem, read_text
from kubex.credentials._tokens import read_token
from kubex.errors import ConfigurationError

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
ADDRESS = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
OUTSIDE = "kubex is not running in a pod, or the pod has automountServiceAccountToken: false"


def pod_configuration(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> ClientConfiguration:
    """Make the configuration of this pod's service account; raises `ConfigurationError` naming what is missing."""
    host, port = (_variable(environ, name) for name in ADDRESS)
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 2**16):
        raise ConfigurationError("is not a port number", source="environment", field="KUBERNETES_SERVICE_PORT")
    token, authority = service_account / "token", service_account / "ca.crt"
    for path in (token, authority):
        if not _is_there(path):
            raise ConfigurationError(f"the file does not exist; {OUTSIDE}", source=str(path))
    read_token(token, field="token")
    read_pem(authority, field="ca.crt")
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return ClientConfiguration(
        url=f"https://{host}:{port}",
        server_ca_file=authority,
        token_file=token,
        namespace=_namespace(environ, service_account / "namespace"),
    )


def is_pod(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> bool:
    """Tell whether this is a pod that has a service account."""
    return all(environ.get(name) for name in ADDRESS) and exists(service_account / "token")


def namespace_in_pod(environ: Mapping[str, str], service_account: Path = SERVICE_ACCOUNT) -> str | None:
    """Find the namespace of this pod, if it is one and has a service account."""
    return _namespace(environ, service_account / "namespace") if is_pod(environ, service_account) else None


def _variable(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"is not set; {OUTSIDE}", source="environment", field=name)
    return value


def _namespace(environ: Mapping[str, str], path: Path) -> str | None:
    """Find the pod's own namespace as kubectl does: from the downward API, else from the mounted file."""
    if named := environ.get("POD_NAMESPACE"):
        return named
    return read_text(path, field="namespace").strip() or None if _is_there(path) else None


def _is_there(path: Path) -> bool:
    """Tell whether there is something to read; what may not be looked at is, and reading it says what is wrong."""
    try:
        return path.exists()
    except OSError:
        return True
