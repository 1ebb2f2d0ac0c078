# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of networking/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._ingress import (
        HTTPIngressPath,
        HTTPIngressRuleValue,
        Ingress,
        IngressBackend,
        IngressLoadBalancerIngress,
        IngressLoadBalancerStatus,
        IngressPortStatus,
        IngressRule,
        IngressServiceBackend,
        IngressSpec,
        IngressStatus,
        IngressTLS,
        ServiceBackendPort,
    )
    from ._ingress_class import IngressClass, IngressClassParametersReference, IngressClassSpec
    from ._ip_address import IPAddress, IPAddressSpec, ParentReference
    from ._network_policy import (
        IPBlock,
        NetworkPolicy,
        NetworkPolicyEgressRule,
        NetworkPolicyIngressRule,
        NetworkPolicyPeer,
        NetworkPolicyPort,
        NetworkPolicySpec,
    )
    from ._service_cidr import ServiceCIDR, ServiceCIDRSpec, ServiceCIDRStatus
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "HTTPIngressPath": "_ingress",
            "HTTPIngressRuleValue": "_ingress",
            "IPAddress": "_ip_address",
            "IPAddressSpec": "_ip_address",
            "IPBlock": "_network_policy",
            "Ingress": "_ingress",
            "IngressBackend": "_ingress",
            "IngressClass": "_ingress_class",
            "IngressClassParametersReference": "_ingress_class",
            "IngressClassSpec": "_ingress_class",
            "IngressLoadBalancerIngress": "_ingress",
            "IngressLoadBalancerStatus": "_ingress",
            "IngressPortStatus": "_ingress",
            "IngressRule": "_ingress",
            "IngressServiceBackend": "_ingress",
            "IngressSpec": "_ingress",
            "IngressStatus": "_ingress",
            "IngressTLS": "_ingress",
            "NetworkPolicy": "_network_policy",
            "NetworkPolicyEgressRule": "_network_policy",
            "NetworkPolicyIngressRule": "_network_policy",
            "NetworkPolicyPeer": "_network_policy",
            "NetworkPolicyPort": "_network_policy",
            "NetworkPolicySpec": "_network_policy",
            "ParentReference": "_ip_address",
            "ServiceBackendPort": "_ingress",
            "ServiceCIDR": "_service_cidr",
            "ServiceCIDRSpec": "_service_cidr",
            "ServiceCIDRStatus": "_service_cidr",
        },
    )

__all__ = [
    "HTTPIngressPath",
    "HTTPIngressRuleValue",
    "IPAddress",
    "IPAddressSpec",
    "IPBlock",
    "Ingress",
    "IngressBackend",
    "IngressClass",
    "IngressClassParametersReference",
    "IngressClassSpec",
    "IngressLoadBalancerIngress",
    "IngressLoadBalancerStatus",
    "IngressPortStatus",
    "IngressRule",
    "IngressServiceBackend",
    "IngressSpec",
    "IngressStatus",
    "IngressTLS",
    "NetworkPolicy",
    "NetworkPolicyEgressRule",
    "NetworkPolicyIngressRule",
    "NetworkPolicyPeer",
    "NetworkPolicyPort",
    "NetworkPolicySpec",
    "ParentReference",
    "ServiceBackendPort",
    "ServiceCIDR",
    "ServiceCIDRSpec",
    "ServiceCIDRStatus",
]
