"""A typed, async Kubernetes client.

This package exports the names that most programs need: `from kubex import Api, create_client, NotFound`. All names are
in `kubex.api`, `kubex.client`, `kubex.configuration`, `kubex.errors`, `kubex.models` and `kubex.patch`.
"""

from typing import TYPE_CHECKING

from kubex._version import __version__
from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.api import Api, create_api, create_review
    from kubex.client import Client, ClientChoise, ClientOptions, RetryPolicy, create_client
    from kubex.configuration import ClientConfiguration
    from kubex.core.params import FieldValidation, Precondition, PropagationPolicy, ResourceVersionMatch, Timeout
    from kubex.errors import (
        AlreadyExists,
        ApiError,
        ApiWarning,
        ConfigurationError,
        Conflict,
        Expired,
        Forbidden,
        Invalid,
        KubexError,
        NotFound,
        TooManyRequests,
        TransportError,
        Unauthorized,
    )
    from kubex.models import (
        ApiResource,
        ClusterResource,
        EventType,
        Model,
        NamespacedResource,
        ObjectMeta,
        ResourceList,
        Status,
        WatchEvent,
        dynamic_resource,
    )
    from kubex.patch import ApplyPatch, JsonPatch, MergePatch, StrategicMergePatch
else:  # `import kubex` imports no other package
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AlreadyExists": "errors",
            "Api": "api",
            "ApiError": "errors",
            "ApiWarning": "errors",
            "ApplyPatch": "patch",
            "Client": "client",
            "ClientChoise": "client",
            "ClientConfiguration": "configuration",
            "ClientOptions": "client",
            "ClusterResource": "models",
            "ConfigurationError": "errors",
            "Conflict": "errors",
            "EventType": "models",
            "Expired": "errors",
            "FieldValidation": "core.params",
            "Forbidden": "errors",
            "Invalid": "errors",
            "JsonPatch": "patch",
            "KubexError": "errors",
            "MergePatch": "patch",
            "Model": "models",
            "NamespacedResource": "models",
            "NotFound": "errors",
            "ObjectMeta": "models",
            "Precondition": "core.params",
            "PropagationPolicy": "core.params",
            "ApiResource": "models",
            "ResourceList": "models",
            "ResourceVersionMatch": "core.params",
            "RetryPolicy": "client",
            "Status": "models",
            "StrategicMergePatch": "patch",
            "Timeout": "core.params",
            "TooManyRequests": "errors",
            "TransportError": "errors",
            "Unauthorized": "errors",
            "WatchEvent": "models",
            "create_api": "api",
            "create_client": "client",
            "create_review": "api",
            "dynamic_resource": "models",
        },
    )

__all__ = [
    "AlreadyExists",
    "Api",
    "ApiError",
    "ApiResource",
    "ApiWarning",
    "ApplyPatch",
    "Client",
    "ClientChoise",
    "ClientConfiguration",
    "ClientOptions",
    "ClusterResource",
    "ConfigurationError",
    "Conflict",
    "EventType",
    "Expired",
    "FieldValidation",
    "Forbidden",
    "Invalid",
    "JsonPatch",
    "KubexError",
    "MergePatch",
    "Model",
    "NamespacedResource",
    "NotFound",
    "ObjectMeta",
    "Precondition",
    "PropagationPolicy",
    "ResourceList",
    "ResourceVersionMatch",
    "RetryPolicy",
    "Status",
    "StrategicMergePatch",
    "Timeout",
    "TooManyRequests",
    "TransportError",
    "Unauthorized",
    "WatchEvent",
    "__version__",
    "create_api",
    "create_client",
    "create_review",
    "dynamic_resource",
]
