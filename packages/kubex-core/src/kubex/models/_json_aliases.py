"""Translation of field names: snake_case in Python, camelCase with exceptions in JSON."""

from collections.abc import Callable

# Fields with a JSON name that is not the camelCase form of the Python name. This table is for names that many models
# have. Other models pass their exceptions to `json_aliases()`, so that they do not affect the fields of other models.
# A Python name that is a keyword ends with an underscore.
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
    """Return the JSON name of a Python field name, such as `podIP` for `pod_ip`; the alias generator of all models."""
    if "_" not in name:
        return name
    irregular = IRREGULAR_NAMES.get(name)
    if irregular is not None:
        return irregular
    head, *rest = name.rstrip("_").split("_")
    # Not str.title() or capitalize(), which change the case of the other letters.
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def json_aliases(**irregular: str) -> Callable[[str], str]:
    """Return an alias generator for a class that has fields with other JSON names.

    With `Field(alias=)` instead, type checkers would accept only the JSON names as arguments of the constructor.

    Example:
        class NodeSpec(Model, alias_generator=json_aliases(pod_cidr="podCIDR")):
            pod_cidr: str | None = None

        assert NodeSpec(pod_cidr="10.0.0.0/24").model_dump(by_alias=True) == {"podCIDR": "10.0.0.0/24"}
    """

    def alias_of(name: str) -> str:
        return irregular.get(name) or json_alias(name)

    return alias_of
