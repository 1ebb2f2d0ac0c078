"""The names of kubeconfig fields for the settings of Kubex, and the translation of errors from one to the other."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kubex.configuration._reader import Entry
from kubex.errors import ConfigurationError

T = TypeVar("T")

CLUSTER_FIELDS = {
    "url": "server",
    "server_ca_file": "certificate-authority",
    "server_ca_data": "certificate-authority-data",
    "insecure_skip_tls_verify": "insecure-skip-tls-verify",
    "tls_server_name": "tls-server-name",
    "proxy_url": "proxy-url",
    "disable_compression": "disable-compression",
}
USER_FIELDS = {
    "token": "token",
    "token_file": "tokenFile",
    "username": "username",
    "password": "password",
    "client_cert": "client-certificate",
    "client_cert_file": "client-certificate",
    "client_cert_data": "client-certificate-data",
    "client_key": "client-key",
    "client_key_file": "client-key",
    "client_key_data": "client-key-data",
    "exec": "exec",
    "oidc": "auth-provider",
    "impersonate": "as",
}
EXEC_FIELDS = {
    "command": "command",
    "args": "args",
    "env": "env",
    "api_version": "apiVersion",
    "install_hint": "installHint",
    "provide_cluster_info": "provideClusterInfo",
    "interactive_mode": "interactiveMode",
}
OIDC_FIELDS = {
    "issuer_url": "idp-issuer-url",
    "client_id": "client-id",
    "client_secret": "client-secret",
    "id_token": "id-token",
    "refresh_token": "refresh-token",
    "ca_file": "idp-certificate-authority",
    "ca_data": "idp-certificate-authority-data",
}
IMPERSONATION_FIELDS = {"user": "as", "uid": "as-uid", "groups": "as-groups", "extra": "as-user-extra"}

EXEC_EXTENSION = "client.authentication.k8s.io/exec"
"""The name of the cluster extension that is passed to exec plugins."""

# Quoted user input, which must not be translated. An apostrophe inside a word does not begin a quotation.
_QUOTED = r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""


def with_kubeconfig_errors(entry: Entry, fields: Mapping[str, str], create: Callable[[], T]) -> T:
    """Call `create`; its errors name the fields of the kubeconfig and their place."""
    try:
        return create()
    except ConfigurationError as error:
        if error.source == str(entry.file):
            raise
        raise translate_error(entry, fields, error) from None


def translate_error(entry: Entry, fields: Mapping[str, str], error: ConfigurationError) -> ConfigurationError:
    """Convert an error of the settings into one of the kubeconfig entry that they were read from."""
    names = re.compile(rf"{_QUOTED}|\b({'|'.join(sorted(fields, key=len, reverse=True))})\b")

    def translate(text: str) -> str:
        return names.sub(lambda match: fields[match[1]] if match[1] else match[0], text)

    field, problem = translate(error.field or ""), translate(error.problem)
    return entry.error(field or None, problem)
