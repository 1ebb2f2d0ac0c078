"""Names of fields: snake_case in Python, what Kubernetes says on the wire."""

from collections.abc import Callable

# Fields whose JSON name is not their name in camelCase. The table is for names that many models share. Other models
# pass theirs to `json_aliases()`, so that a name of one model does not change the fields of another. A Python keyword
# has an underscore at the end.
IRREGULAR_NAMES: dict[str, str] = {
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


def json_alias(name: str) -> str:
    """Translate a Python field name to its JSON name: a table of irregular names, else camelCase."""
    if "_" not in name:
        return name
    irregular = IRREGULAR_NAMES.get(name)
    if irregular is not None:
        return irregular
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def json_aliases(**irregular: str) -> Callable[[str], str]:
    """Return an alias generator for a class with names of its own: `json_aliases(pod_cidr="podCIDR")`.

    It goes into the class statement, `class NodeSpec(Model, alias_generator=json_aliases(...))`. Unlike `Field(alias=)`
    it leaves the Python names to type checkers as the arguments of the class.
    """

    def named(name: str) -> str:
        return irregular.get(name) or json_alias(name)

    return named
