"""Credentials: the sources of the headers and the client certificate that authenticate each request."""

from typing import TYPE_CHECKING

from kubex.credentials._authentication import Authentication, Credentials, TLSIdentity
from kubex.credentials._client_certificate import ClientCertificate
from kubex.credentials._combined import CombinedCredentials
from kubex.credentials._exec_config import ExecPlugin
from kubex.credentials._fetch import Fetch, FetchRequest, FetchResponse
from kubex.credentials._file_credentials import TokenFile
from kubex.credentials._impersonation import Impersonation
from kubex.credentials._oidc_config import OpenIDConnect, OpenIDTokens
from kubex.credentials._static import StaticCredentials
from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.credentials._exec import ExecCredentials
    from kubex.credentials._exec_info import ExecCluster
    from kubex.credentials._oidc import OpenIDConnectCredentials
else:  # most clients use neither a provider nor a plugin
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {"ExecCluster": "_exec_info", "ExecCredentials": "_exec", "OpenIDConnectCredentials": "_oidc"},
    )

__all__ = [
    "Authentication",
    "ClientCertificate",
    "CombinedCredentials",
    "Credentials",
    "ExecCluster",
    "ExecCredentials",
    "ExecPlugin",
    "Fetch",
    "FetchRequest",
    "FetchResponse",
    "Impersonation",
    "OpenIDConnect",
    "OpenIDConnectCredentials",
    "OpenIDTokens",
    "StaticCredentials",
    "TLSIdentity",
    "TokenFile",
]
