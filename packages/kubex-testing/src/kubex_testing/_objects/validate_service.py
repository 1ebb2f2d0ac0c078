"""Validation of services."""

import ipaddress
from collections.abc import Iterator

from .json_types import JsonObject, array_at, object_at
from .names import (
    validate_dns1123_label,
    validate_dns1123_subdomain,
    validate_labels,
)
from .status_causes import StatusCause, duplicate, forbidden, invalid, not_supported, required
from .validate_probes import PORT_RANGE, validate_port

NETWORK = ipaddress.ip_network("10.0.0.0/16")
"""The network of cluster IPs."""
ALLOCATED_SERVICE_TYPES = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})
"""The types of services with cluster IPs."""
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")
_POLICIES = ("Cluster", "Local")
_AFFINITIES = ("ClientIP", "None")
_FAMILIES = ("IPv4", "IPv6")
_FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
_ADDRESS_MESSAGE = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_HEALTH_CHECK_MESSAGE = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"


def validate_service(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate ports, type and addresses. Addresses are immutable."""
    spec = object_at(obj, "spec")
    causes = [*_validate_address_changes(spec, object_at(old, "spec"))] if old is not None else []
    if not array_at(spec, "ports") and not _is_headless(spec) and spec.get("type") != "ExternalName":
        causes.append(required("spec.ports"))
    causes += [
        *_validate_type(spec),
        *_validate_ports(spec),
        *validate_labels(object_at(spec, "selector"), "spec.selector"),
        *_validate_affinity(spec),
        *_validate_addresses(spec),
        *(_validate_families(spec) if old is not None else ()),
        *_validate_type_name(spec),
        *_validate_port_pairs(spec),
        *_validate_load_balancer(spec),
        *_validate_traffic(spec),
    ]
    return causes or list(_validate_allocation(spec, object_at(old, "spec")))


def is_externally_accessible(spec: JsonObject) -> bool:
    """Return whether a service is reachable from outside the cluster, so that it has a policy for external traffic."""
    has_address = spec.get("type") == "ClusterIP" and bool(array_at(spec, "externalIPs"))
    return spec.get("type") in {"LoadBalancer", "NodePort"} or has_address


def _is_headless(spec: JsonObject) -> bool:
    return next(iter(array_at(spec, "clusterIPs")), None) == "None" or spec.get("clusterIP") == "None"


def _validate_address_changes(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    # Services of type ExternalName, and of unknown types, do not have cluster IPs.
    if not {spec.get("type"), before.get("type")} <= ALLOCATED_SERVICE_TYPES:
        return
    new, old = array_at(spec, "clusterIPs"), array_at(before, "clusterIPs")
    if old and not new:
        yield invalid("spec.clusterIPs[0]", spec.get("clusterIPs"), "primary clusterIP can not be unset")
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            yield invalid(f"spec.clusterIPs[{index}]", new, "may not change once set")


def _validate_type(spec: JsonObject) -> Iterator[StatusCause]:
    kind = spec.get("type")
    if kind in {"LoadBalancer", "NodePort"} and _is_headless(spec):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind != "ExternalName":
        return
    for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(key):
            yield forbidden(f"spec.{key}", "may not be set for ExternalName services")
    name = (spec.get("externalName") or "").removesuffix(".")
    yield from validate_dns1123_subdomain(name, "spec.externalName") if name else [required("spec.externalName")]


def _validate_ports(spec: JsonObject) -> Iterator[StatusCause]:
    ports, names = array_at(spec, "ports"), set[str]()
    for index, port in enumerate(ports):
        path = f"spec.ports[{index}]"
        if name := port.get("name"):
            yield from validate_dns1123_label(name, f"{path}.name")
            if name in names:
                yield duplicate(f"{path}.name", name)
            names.add(name)
        elif len(ports) > 1:
            yield required(f"{path}.name")
        number, protocol = port.get("port") or 0, port.get("protocol")
        if not 1 <= number <= 65535:
            yield invalid(f"{path}.port", number, PORT_RANGE)
        if protocol not in _PROTOCOLS:
            yield not_supported(f"{path}.protocol", protocol, _PROTOCOLS)
        yield from validate_port(port.get("targetPort"), f"{path}.targetPort")


def _validate_affinity(spec: JsonObject) -> Iterator[StatusCause]:
    affinity = spec.get("sessionAffinity")
    if affinity not in _AFFINITIES:
        yield not_supported("spec.sessionAffinity", affinity, _AFFINITIES)
    if affinity == "None" and spec.get("sessionAffinityConfig") is not None:
        yield forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None")


def _validate_addresses(spec: JsonObject) -> Iterator[StatusCause]:
    if spec.get("type") != "ExternalName":
        if spec.get("clusterIP") and not array_at(spec, "clusterIPs"):
            yield required("spec.clusterIPs")
        for index, family in enumerate(array_at(spec, "ipFamilies")):
            if family not in _FAMILIES:
                yield not_supported(f"spec.ipFamilies[{index}]", family, _FAMILIES)
        policy = spec.get("ipFamilyPolicy")
        if policy is not None and policy not in _FAMILY_POLICIES:
            yield not_supported("spec.ipFamilyPolicy", policy, _FAMILY_POLICIES)
        for index, address in enumerate(array_at(spec, "clusterIPs")):
            if address != "None" and not _is_address(address):
                yield invalid(f"spec.clusterIPs[{index}]", address, _ADDRESS_MESSAGE)
    for index, address in enumerate(array_at(spec, "externalIPs")):
        if not _is_address(address):
            yield invalid(f"spec.externalIPs[{index}]", address, _ADDRESS_MESSAGE)


def _validate_families(spec: JsonObject) -> Iterator[StatusCause]:
    """Validate that the addresses of an update belong to their families."""
    pairs = zip(array_at(spec, "clusterIPs"), array_at(spec, "ipFamilies"), strict=False)
    for index, (address, family) in enumerate(pairs):
        if _is_address(address) and family in _FAMILIES and ipaddress.ip_address(address).version != int(family[-1]):
            text = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield invalid(f"spec.clusterIPs[{index}]", address, text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _validate_type_name(spec: JsonObject) -> Iterator[StatusCause]:
    if spec.get("type") not in _TYPES:
        yield not_supported("spec.type", spec.get("type"), _TYPES)
    if spec.get("type") == "ClusterIP":
        for index, port in enumerate(array_at(spec, "ports")):
            if port.get("nodePort"):
                yield forbidden(f"spec.ports[{index}].nodePort", "may not be used when `type` is 'ClusterIP'")


def _validate_port_pairs(spec: JsonObject) -> Iterator[StatusCause]:
    seen = set[tuple[object, object]]()
    for index, port in enumerate(array_at(spec, "ports")):
        pair = port.get("protocol"), port.get("port") or 0
        if pair in seen:
            yield duplicate(f"spec.ports[{index}]", {"protocol": pair[0], "port": pair[1]})
        seen.add(pair)


def _validate_load_balancer(spec: JsonObject) -> Iterator[StatusCause]:
    if spec.get("type") == "LoadBalancer":
        return
    for key in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
        if spec.get(key) is not None:
            yield forbidden(f"spec.{key}", "may only be used when `type` is 'LoadBalancer'")


def _validate_traffic(spec: JsonObject) -> Iterator[StatusCause]:
    policy, port = spec.get("externalTrafficPolicy") or "", spec.get("healthCheckNodePort") or 0
    if not is_externally_accessible(spec):
        if policy:
            text = "may only be set for externally-accessible services"
            yield invalid("spec.externalTrafficPolicy", policy, text)
    elif policy not in _POLICIES:
        yield not_supported("spec.externalTrafficPolicy", policy, _POLICIES)
    if port and not (spec.get("type") == "LoadBalancer" and policy == "Local"):
        yield invalid("spec.healthCheckNodePort", port, _HEALTH_CHECK_MESSAGE)
    internal = spec.get("internalTrafficPolicy")
    if internal is not None and internal not in _POLICIES:
        yield not_supported("spec.internalTrafficPolicy", internal, _POLICIES)
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in _DISTRIBUTIONS:
        yield not_supported("spec.trafficDistribution", distribution, _DISTRIBUTIONS)


def _validate_allocation(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    """Validate what the server allocates after the other checks: addresses of its network."""
    if before.get("clusterIPs") or _is_headless(spec):
        return
    families = array_at(spec, "ipFamilies")
    if "IPv6" in families:
        yield invalid(f"spec.ipFamilies[{families.index('IPv6')}]", "IPv6", "not configured on this cluster")
        return
    addresses = array_at(spec, "clusterIPs")
    for address in addresses:
        if ipaddress.ip_address(address) not in NETWORK:
            text = f"failed to allocate IP {address}: the provided network does not match the current range"
            yield invalid("spec.clusterIPs", addresses, text)


def validate_unnamed_service(obj: JsonObject) -> list[StatusCause]:
    """Return the cause for a new service without a name. kube-apiserver allocates its address before the validation."""
    spec = object_at(obj, "spec")
    addresses = array_at(spec, "clusterIPs")
    if object_at(obj, "metadata").get("name") or spec.get("type") not in ALLOCATED_SERVICE_TYPES or _is_headless(spec):
        return []
    problem = (
        f'IPAddress.networking.k8s.io "{next(iter(addresses), "")}" is invalid: spec.parentRef.name: Required value'
    )
    return [invalid("spec.clusterIPs", [""], f"failed to allocate IP: {problem}")]
