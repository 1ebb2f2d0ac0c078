"""The configuration of a client: created in code, read from a kubeconfig, or provided by the pod."""

from typing import TYPE_CHECKING

from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect, OpenIDTokens
from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.configuration._client_configuration import ClientConfiguration
    from kubex.configuration._credentials import credentials_for
    from kubex.configuration._load import configure_from_kubeconfig, configure_from_pod_env, load_configuration
    from kubex.configuration._manage import Kubeconfig, KubeconfigContext, use_context, write_kubeconfig
else:  # a configuration created in code does not import the modules that read files
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ClientConfiguration": "_client_configuration",
            "Kubeconfig": "_manage",
            "KubeconfigContext": "_manage",
            "configure_from_kubeconfig": "_load",
            "configure_from_pod_env": "_load",
            "credentials_for": "_credentials",
            "load_configuration": "_load",
            "use_context": "_manage",
            "write_kubeconfig": "_manage",
        },
    )

__all__ = [
    "ClientConfiguration",
    "ExecPlugin",
    "Impersonation",
    "Kubeconfig",
    "KubeconfigContext",
    "OpenIDConnect",
    "OpenIDTokens",
    "configure_from_kubeconfig",
    "configure_from_pod_env",
    "credentials_for",
    "load_configuration",
    "use_context",
    "write_kubeconfig",
]
