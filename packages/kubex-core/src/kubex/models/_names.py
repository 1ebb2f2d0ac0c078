"""Names of fields: snake_case in Python, what Kubernetes says on the wire."""

# Names that camelCase alone would get wrong. Keywords carry a trailing underscore in Python.
IRREGULAR: dict[str, str] = {
    "fields_v1": "fieldsV1",
    "ca_bundle": "caBundle",
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "continue_": "continue",
    "external_ips": "externalIPs",
    "host_ip": "hostIP",
    "host_ipc": "hostIPC",
    "host_ips": "hostIPs",
    "host_pid": "hostPID",
    "load_balancer_ip": "loadBalancerIP",
    "open_apiv3_schema": "openAPIV3Schema",
    "pod_ip": "podIP",
    "pod_ips": "podIPs",
}


def wire_name(name: str) -> str:
    """Translate a Python field name to its JSON name: a table of irregular names, else camelCase."""
    irregular = IRREGULAR.get(name)
    if irregular is not None:
        return irregular
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
