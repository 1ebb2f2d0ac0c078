"""Where the API server is and who asks: written by hand, from a kubeconfig, or from inside a pod."""

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._credentials import credentials_for
from kubex.configuration._load import configure_from_kubeconfig, configure_from_pod_env, load_configuration
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect, OpenIDTokens

__all__ = [
    "ClientConfiguration",
    "ExecPlugin",
    "Impersonation",
    "OpenIDConnect",
    "OpenIDTokens",
    "configure_from_kubeconfig",
    "configure_from_pod_env",
    "credentials_for",
    "load_configuration",
]
