"""The base classes of models, models that many kinds use, and functions for field values."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.models._api_resource import ALL_VERBS, ApiResource
    from kubex.models._common import (
        NamespacedObjectMetadata,
        PartialObjectMetadata,
        Scale,
        ScaleSpec,
        ScaleStatus,
        VersionInfo,
    )
    from kubex.models._crd import PrinterColumn, ScalePaths, crd_for
    from kubex.models._dynamic import (
        DynamicClusterResource,
        DynamicNamespacedResource,
        DynamicResource,
        dynamic_resource,
    )
    from kubex.models._lazy.base import LazyModel
    from kubex.models._managed_fields import ManagedFieldsEntry, ManagedObjectMeta
    from kubex.models._model import Model
    from kubex.models._object_meta import ListMeta, ObjectMeta, OwnerReference
    from kubex.models._owners import controller_of, is_owned_by, owner_reference, set_owner
    from kubex.models._quantity import (
        QuantityForm,
        QuantityLike,
        add_quantities,
        canonical_quantity,
        compare_quantities,
        format_quantity,
        parse_quantity,
    )
    from kubex.models._resource import ClusterResource, NamespacedResource, Resource, api_resource
    from kubex.models._resource_list import ResourceList
    from kubex.models._reviews import ClusterCreateOnly, CreateOnly, NamespacedCreateOnly
    from kubex.models._secret_data import decode_secret_data, encode_secret_data
    from kubex.models._status import Status, StatusCause, StatusDetails
    from kubex.models._token_request import BoundObjectReference, TokenRequest, TokenRequestSpec, TokenRequestStatus
    from kubex.models._types import (
        Base64,
        IntOrString,
        MicroTime,
        Quantity,
        Time,
        Timestamp,
    )
    from kubex.models._watch_event import EventType, WatchEvent
else:  # importing one model does not create the classes of the others
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ALL_VERBS": "_api_resource",
            "ApiResource": "_api_resource",
            "Base64": "_types",
            "BoundObjectReference": "_token_request",
            "ClusterCreateOnly": "_reviews",
            "ClusterResource": "_resource",
            "CreateOnly": "_reviews",
            "DynamicClusterResource": "_dynamic",
            "DynamicNamespacedResource": "_dynamic",
            "DynamicResource": "_dynamic",
            "EventType": "_watch_event",
            "IntOrString": "_types",
            "LazyModel": "_lazy.base",
            "ListMeta": "_object_meta",
            "ManagedFieldsEntry": "_managed_fields",
            "ManagedObjectMeta": "_managed_fields",
            "MicroTime": "_types",
            "Model": "_model",
            "NamespacedCreateOnly": "_reviews",
            "NamespacedObjectMetadata": "_common",
            "NamespacedResource": "_resource",
            "ObjectMeta": "_object_meta",
            "OwnerReference": "_object_meta",
            "PartialObjectMetadata": "_common",
            "PrinterColumn": "_crd",
            "Quantity": "_types",
            "QuantityForm": "_quantity",
            "QuantityLike": "_quantity",
            "Resource": "_resource",
            "ResourceList": "_resource_list",
            "Scale": "_common",
            "ScalePaths": "_crd",
            "ScaleSpec": "_common",
            "ScaleStatus": "_common",
            "Status": "_status",
            "StatusCause": "_status",
            "StatusDetails": "_status",
            "Time": "_types",
            "Timestamp": "_types",
            "TokenRequest": "_token_request",
            "TokenRequestSpec": "_token_request",
            "TokenRequestStatus": "_token_request",
            "VersionInfo": "_common",
            "WatchEvent": "_watch_event",
            "add_quantities": "_quantity",
            "api_resource": "_resource",
            "canonical_quantity": "_quantity",
            "compare_quantities": "_quantity",
            "controller_of": "_owners",
            "crd_for": "_crd",
            "decode_secret_data": "_secret_data",
            "dynamic_resource": "_dynamic",
            "encode_secret_data": "_secret_data",
            "format_quantity": "_quantity",
            "is_owned_by": "_owners",
            "owner_reference": "_owners",
            "parse_quantity": "_quantity",
            "set_owner": "_owners",
        },
    )

__all__ = [
    "ALL_VERBS",
    "ApiResource",
    "Base64",
    "BoundObjectReference",
    "ClusterCreateOnly",
    "ClusterResource",
    "CreateOnly",
    "DynamicClusterResource",
    "DynamicNamespacedResource",
    "DynamicResource",
    "EventType",
    "IntOrString",
    "LazyModel",
    "ListMeta",
    "ManagedFieldsEntry",
    "ManagedObjectMeta",
    "MicroTime",
    "Model",
    "NamespacedCreateOnly",
    "NamespacedObjectMetadata",
    "NamespacedResource",
    "ObjectMeta",
    "OwnerReference",
    "PartialObjectMetadata",
    "PrinterColumn",
    "Quantity",
    "QuantityForm",
    "QuantityLike",
    "Resource",
    "ResourceList",
    "Scale",
    "ScalePaths",
    "ScaleSpec",
    "ScaleStatus",
    "Status",
    "StatusCause",
    "StatusDetails",
    "Time",
    "Timestamp",
    "TokenRequest",
    "TokenRequestSpec",
    "TokenRequestStatus",
    "VersionInfo",
    "WatchEvent",
    "add_quantities",
    "api_resource",
    "canonical_quantity",
    "compare_quantities",
    "controller_of",
    "crd_for",
    "decode_secret_data",
    "dynamic_resource",
    "encode_secret_data",
    "format_quantity",
    "is_owned_by",
    "owner_reference",
    "parse_quantity",
    "set_owner",
]
