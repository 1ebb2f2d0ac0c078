"""The input of an exec plugin: its environment, with the variable `KUBERNETES_EXEC_INFO`."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from kubex.credentials._exec_config import ExecPlugin
from kubex.credentials._file_io import read_pem

_EXEC_INFO = "KUBERNETES_EXEC_INFO"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecCluster:
    """The cluster that the credentials are for; it is passed to plugins with `provide_cluster_info`."""

    server: str
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool = False
    ca_file: str | os.PathLike[str] | None = None
    """Read again for each run; the plugin receives its content."""
    ca_data: str | None = field(default=None, repr=False)
    proxy_url: str | None = field(default=None, repr=False)
    disable_compression: bool = False


def environment(
    plugin: ExecPlugin, cluster: ExecCluster | None, *, interactive: bool, inherited: Mapping[str, str]
) -> dict[str, str]:
    """Build the environment of a plugin; blocks, because it reads the CA file of the cluster."""
    return {**inherited, **plugin.env, _EXEC_INFO: exec_info(plugin, cluster, interactive=interactive)}


def exec_info(plugin: ExecPlugin, cluster: ExecCluster | None, *, interactive: bool) -> str:
    """Serialize the `ExecCredential` that requests credentials."""
    spec: dict[str, object] = {"interactive": interactive}
    if plugin.provide_cluster_info and cluster is not None:
        spec["cluster"] = _cluster_info(cluster, plugin.cluster_config)
    return json.dumps({"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec})


def _cluster_info(cluster: ExecCluster, config: object) -> dict[str, object]:
    ca = cluster.ca_data
    if ca is None and cluster.ca_file is not None:
        ca = read_pem(cluster.ca_file, field="server_ca_file")
    # client-go omits false values too.
    info: dict[str, object] = {
        "server": cluster.server,
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify or None,
        "certificate-authority-data": None if ca is None else base64.b64encode(ca.encode()).decode(),
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression or None,
        "config": config,
    }
    return {name: value for name, value in info.items() if value is not None}
