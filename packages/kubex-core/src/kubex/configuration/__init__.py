"""Where the API server is and who asks: written by hand, from a kubeconfig, or from inside a pod."""

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._credentials import credentials_for

__all__ = ["ClientConfiguration", "credentials_for"]
