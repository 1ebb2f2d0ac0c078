"""The fields of a service that the server sets when an update omits them, or when its type changes."""

from collections.abc import Callable

from .json_types import JsonObject, array_at, object_at
from .pod_defaults import set_default
from .validate_service import is_externally_accessible

_WITH_ADDRESS = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})
_WITH_NODE_PORTS = frozenset({"NodePort", "LoadBalancer"})


def prepare_service_update(
    new: JsonObject, old: JsonObject, allocate_ip: Callable[[], str], allocate_node_port: Callable[[], int]
) -> None:
    """Change the new state of a service as kube-apiserver does before validation."""
    spec, before = object_at(new, "spec"), object_at(old, "spec")
    _copy_single_address(spec, before)
    _drop_fields_of_old_type(spec, before)
    _keep_allocations(spec, before)
    if spec.get("type") in _WITH_ADDRESS:
        if before.get("type") not in _WITH_ADDRESS:
            set_address(spec, allocate_ip)
        set_families(spec)
    if needs_node_ports(spec):
        for port in array_at(spec, "ports"):
            port["nodePort"] = port.get("nodePort") or allocate_node_port()


def set_address(spec: JsonObject, allocate_ip: Callable[[], str]) -> None:
    """Set the addresses of a service that has a type with an address."""
    set_default(spec, "clusterIP", next(iter(array_at(spec, "clusterIPs")), None) or allocate_ip())
    set_default(spec, "clusterIPs", [spec["clusterIP"]])


def set_families(spec: JsonObject) -> None:
    """Set the IP families of a service. The endpoints of a headless service without a selector may be of both."""
    dual_stack = spec.get("clusterIP") == "None" and not spec.get("selector")
    set_default(spec, "ipFamilies", ["IPv4", "IPv6"] if dual_stack else ["IPv4"])
    set_default(spec, "ipFamilyPolicy", "RequireDualStack" if dual_stack else "SingleStack")


def needs_node_ports(spec: JsonObject) -> bool:
    """Return whether each port of a service has a node port."""
    allocates = spec.get("allocateLoadBalancerNodePorts", True)
    return spec.get("type") == "NodePort" or (spec.get("type") == "LoadBalancer" and allocates)


def _copy_single_address(spec: JsonObject, before: JsonObject) -> None:
    """Keep `clusterIPs` equal to `clusterIP` for clients that know only the latter."""
    new, old = spec.get("clusterIP") or "", before.get("clusterIP") or ""
    if array_at(before, "clusterIPs") and not array_at(spec, "clusterIPs") and new == old:
        spec["clusterIPs"] = before["clusterIPs"]
    if new != old and array_at(spec, "clusterIPs") in ([], array_at(before, "clusterIPs")):
        if new:
            spec["clusterIPs"] = [new]
        else:
            spec.pop("clusterIPs", None)


def _drop_fields_of_old_type(spec: JsonObject, before: JsonObject) -> None:
    """Remove unchanged fields that the new type does not have."""
    kind, old_kind = spec.get("type"), before.get("type")
    if old_kind in _WITH_ADDRESS and kind not in _WITH_ADDRESS:
        if array_at(spec, "clusterIPs") == array_at(before, "clusterIPs"):
            spec.pop("clusterIP", None)
        _drop_unchanged(spec, before, "clusterIPs", "ipFamilies", "ipFamilyPolicy")
    if old_kind in _WITH_NODE_PORTS and kind not in _WITH_NODE_PORTS:
        old_ports = {port.get("nodePort") for port in array_at(before, "ports")}
        for port in array_at(spec, "ports"):
            if port.get("nodePort") in old_ports:
                port.pop("nodePort", None)
    if old_kind == "LoadBalancer" and kind != "LoadBalancer":
        fields = ("healthCheckNodePort", "allocateLoadBalancerNodePorts", "loadBalancerClass")
        _drop_unchanged(spec, before, *fields)
    if is_externally_accessible(before) and not is_externally_accessible(spec):
        _drop_unchanged(spec, before, "externalTrafficPolicy")


def _drop_unchanged(spec: JsonObject, before: JsonObject, *keys: str) -> None:
    for key in keys:
        if spec.get(key) == before.get(key):
            spec.pop(key, None)


def _keep_allocations(spec: JsonObject, before: JsonObject) -> None:
    """Keep the addresses and node ports that an update omits."""
    if {spec.get("type"), before.get("type")} <= _WITH_ADDRESS:
        for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if not spec.get(key) and key in before:
                spec[key] = before[key]
    if needs_node_ports(spec) and needs_node_ports(before):
        used = {port.get("nodePort") for port in array_at(spec, "ports")}
        ports = {port.get("name"): port.get("nodePort") for port in array_at(before, "ports")}
        for port in array_at(spec, "ports"):
            number = ports.get(port.get("name"))
            if not port.get("nodePort") and number and number not in used:
                port["nodePort"] = number


def service_warnings(obj: JsonObject) -> list[str]:
    """Return the warnings about a new state of a service."""
    spec = object_at(obj, "spec")
    kind, external = spec.get("type"), bool(array_at(spec, "externalIPs"))
    headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    warnings: list[str] = []
    if headless:
        if spec.get("loadBalancerIP"):
            warnings.append("spec.loadBalancerIP is ignored for headless services")
        if external:
            warnings.append("spec.externalIPs is ignored for headless services")
        if spec.get("sessionAffinity") != "None":
            warnings.append("spec.SessionAffinity is ignored for headless services")
    if external and not headless and kind != "ExternalName":
        warnings.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
    if external and kind == "ExternalName":
        warnings.append('spec.externalIPs is ignored when spec.type is "ExternalName"')
    if kind != "ExternalName" and spec.get("externalName"):
        warnings.append('spec.externalName is ignored when spec.type is not "ExternalName"')
    if spec.get("trafficDistribution") == "PreferClose":
        warnings.append('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
    return warnings
