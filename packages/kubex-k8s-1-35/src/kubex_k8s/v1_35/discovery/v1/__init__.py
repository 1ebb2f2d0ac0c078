# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of discovery/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._endpoint_slice import (
        Endpoint,
        EndpointConditions,
        EndpointHints,
        EndpointPort,
        EndpointSlice,
        ForNode,
        ForZone,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Endpoint": "_endpoint_slice",
            "EndpointConditions": "_endpoint_slice",
            "EndpointHints": "_endpoint_slice",
            "EndpointPort": "_endpoint_slice",
            "EndpointSlice": "_endpoint_slice",
            "ForNode": "_endpoint_slice",
            "ForZone": "_endpoint_slice",
        },
    )

__all__ = [
    "Endpoint",
    "EndpointConditions",
    "EndpointHints",
    "EndpointPort",
    "EndpointSlice",
    "ForNode",
    "ForZone",
]
