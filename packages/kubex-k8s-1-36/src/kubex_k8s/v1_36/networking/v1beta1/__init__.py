# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of networking/v1beta1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._ip_address import IPAddress, IPAddressSpec, ParentReference
    from ._service_cidr import ServiceCIDR, ServiceCIDRSpec, ServiceCIDRStatus
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "IPAddress": "_ip_address",
            "IPAddressSpec": "_ip_address",
            "ParentReference": "_ip_address",
            "ServiceCIDR": "_service_cidr",
            "ServiceCIDRSpec": "_service_cidr",
            "ServiceCIDRStatus": "_service_cidr",
        },
    )

__all__ = [
    "IPAddress",
    "IPAddressSpec",
    "ParentReference",
    "ServiceCIDR",
    "ServiceCIDRSpec",
    "ServiceCIDRStatus",
]
