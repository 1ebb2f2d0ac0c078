"""The cells of services, endpoints and ingresses."""

from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from .formats import Cell, format_labels, format_selector, join_items, list_with_more, read_path, read_text

_SHOWN_ENDPOINTS = 3


def _load_balancer_addresses(document: Mapping[str, Any]) -> str:
    ingress = array_at(document, "status", "loadBalancer", "ingress")
    return ",".join(sorted({address for item in ingress if (address := item.get("ip") or item.get("hostname"))}))


def _cluster_address(service: Mapping[str, Any]) -> str:
    addresses = array_at(service, "spec", "clusterIPs")
    return addresses[0] if addresses else "<none>"


def _external_address(service: Mapping[str, Any]) -> str:
    spec = object_at(service, "spec")
    addresses = [*array_at(spec, "externalIPs")]
    kind = spec.get("type")
    if kind == "ExternalName":
        return str(spec.get("externalName") or "")
    if kind == "LoadBalancer":
        balancer = _load_balancer_addresses(service)
        return ",".join([*([balancer] if balancer else []), *addresses]) or "<pending>"
    return ",".join(addresses) or "<none>"


def _service_ports(service: Mapping[str, Any]) -> str:
    ports: list[str] = []
    for port in array_at(service, "spec", "ports"):
        node_port = f":{port['nodePort']}" if port.get("nodePort") else ""
        ports.append(f"{port.get('port')}{node_port}/{port.get('protocol', 'TCP')}")
    return ",".join(ports) or "<none>"


def _endpoints(endpoints: Mapping[str, Any]) -> str:
    subsets = array_at(endpoints, "subsets")
    if not subsets:
        return "<none>"
    shown: list[str] = []
    for subset in subsets:
        addresses = [item.get("ip") or "" for item in array_at(subset, "addresses")]
        ports = array_at(subset, "ports")
        shown += [_join_host(address, port) for port in ports for address in addresses] if ports else addresses
    return list_with_more(shown, _SHOWN_ENDPOINTS)


def _join_host(address: str, port: JsonObject) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port.get('port', 0)}"


def _slice_ports(endpoint_slice: Mapping[str, Any]) -> str:
    ports = array_at(endpoint_slice, "ports")
    numbers = [str(item["port"] if item.get("port") is not None else item.get("name") or "*") for item in ports]
    return list_with_more(numbers, _SHOWN_ENDPOINTS, default="<unset>")


def _slice_addresses(endpoint_slice: Mapping[str, Any]) -> str:
    endpoints = array_at(endpoint_slice, "endpoints")
    addresses = [address for item in endpoints for address in array_at(item, "addresses")]
    return list_with_more(addresses, _SHOWN_ENDPOINTS, default="<unset>")


def _hosts(ingress: Mapping[str, Any]) -> str:
    rules = array_at(ingress, "spec", "rules")
    hosts = [rule["host"] for rule in rules if rule.get("host")]
    if len(hosts) > _SHOWN_ENDPOINTS:
        return f"{','.join(hosts[:_SHOWN_ENDPOINTS])} + {len(rules) - _SHOWN_ENDPOINTS} more..."
    return ",".join(hosts) or "*"


def _class_parameters(ingress_class: Mapping[str, Any]) -> str:
    parameters = object_at(ingress_class, "spec", "parameters")
    if not parameters:
        return "<none>"
    group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
    return f"{parameters.get('kind')}{group}/{parameters.get('name')}"


def _parent(address: Mapping[str, Any]) -> str:
    parent = object_at(address, "spec", "parentRef")
    if not parent:
        return "<none>"
    resource = ".".join(filter(None, (parent.get("resource"), parent.get("group")))).lower()
    return "/".join(filter(None, (resource, parent.get("namespace"), parent.get("name"))))


NETWORKING: dict[str, dict[str, Cell]] = {
    "endpoints.": {"Endpoints": _endpoints},
    "endpointslices.discovery.k8s.io": {
        "AddressType": read_path("addressType", default=""),
        "Ports": _slice_ports,
        "Endpoints": _slice_addresses,
    },
    "ingressclasses.networking.k8s.io": {
        "Controller": read_path("spec", "controller", default=""),
        "Parameters": _class_parameters,
    },
    "ingresses.networking.k8s.io": {
        "Class": read_path("spec", "ingressClassName", default="<none>"),
        "Hosts": _hosts,
        "Address": _load_balancer_addresses,
        "Ports": lambda ingress: "80, 443" if array_at(ingress, "spec", "tls") else "80",
    },
    "ipaddresses.networking.k8s.io": {"ParentRef": _parent},
    "networkpolicies.networking.k8s.io": {"Pod-Selector": format_selector("spec", "podSelector")},
    "servicecidrs.networking.k8s.io": {"CIDRs": join_items("spec", "cidrs")},
    "services.": {
        "Type": read_text("spec", "type", default=""),
        "Cluster-IP": _cluster_address,
        "External-IP": _external_address,
        "Port(s)": _service_ports,
        "Selector": format_labels("spec", "selector"),
    },
}
