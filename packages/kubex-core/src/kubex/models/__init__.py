"""Bases of typed models, and the structures that belong to no single kind."""

from typing import TYPE_CHECKING

from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.models._common import (
        NamespacedObjectMetadata,
        PartialObjectMetadata,
        Scale,
        ScaleSpec,
        ScaleStatus,
        VersionInfo,
    )
    from kubex.models._crd import PrinterColumn, ScalePaths, crd_for
    from kubex.models._create_only import ClusterCreateOnly, CreateOnly, NamespacedCreateOnly
    from kubex.models._events import EventType, WatchEvent
    from kubex.models._facts import ALL_VERBS, ResourceFacts
    from kubex.models._lazy.base import LazyModel
    from kubex.models._lists import ResourceList
    from kubex.models._managed import ManagedFieldsEntry, ManagedObjectMeta
    from kubex.models._meta import ListMeta, ObjectMeta, OwnerReference
    from kubex.models._model import Model
    from kubex.models._quantity import (
        QuantityForm,
        QuantityLike,
        add_quantities,
        canonical_quantity,
        compare_quantities,
        format_quantity,
        parse_quantity,
    )
    from kubex.models._resource import ClusterResource, NamespacedResource, Resource, facts_of
    from kubex.models._secrets import decode_secret_data, encode_secret_data
    from kubex.models._status import Status, StatusCause, StatusDetails
    from kubex.models._tokens import BoundObjectReference, TokenRequest, TokenRequestSpec, TokenRequestStatus
    from kubex.models._untyped import UntypedClusterResource, UntypedNamespacedResource, untyped
    from kubex.models._values import (
        Base64,
        IntOrString,
        MicroTime,
        Quantity,
        Time,
        Timestamp,
    )
else:  # importing one model does not build the others
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ALL_VERBS": "_facts",
            "Base64": "_values",
            "BoundObjectReference": "_tokens",
            "ClusterCreateOnly": "_create_only",
            "ClusterResource": "_resource",
            "CreateOnly": "_create_only",
            "EventType": "_events",
            "IntOrString": "_values",
            "LazyModel": "_lazy.base",
            "ListMeta": "_meta",
            "ManagedFieldsEntry": "_managed",
            "ManagedObjectMeta": "_managed",
            "MicroTime": "_values",
            "Model": "_model",
            "NamespacedCreateOnly": "_create_only",
            "NamespacedObjectMetadata": "_common",
            "NamespacedResource": "_resource",
            "ObjectMeta": "_meta",
            "OwnerReference": "_meta",
            "PartialObjectMetadata": "_common",
            "PrinterColumn": "_crd",
            "Quantity": "_values",
            "QuantityForm": "_quantity",
            "QuantityLike": "_quantity",
            "Resource": "_resource",
            "ResourceFacts": "_facts",
            "ResourceList": "_lists",
            "Scale": "_common",
            "ScalePaths": "_crd",
            "ScaleSpec": "_common",
            "ScaleStatus": "_common",
            "Status": "_status",
            "StatusCause": "_status",
            "StatusDetails": "_status",
            "Time": "_values",
            "Timestamp": "_values",
            "TokenRequest": "_tokens",
            "TokenRequestSpec": "_tokens",
            "TokenRequestStatus": "_tokens",
            "UntypedClusterResource": "_untyped",
            "UntypedNamespacedResource": "_untyped",
            "VersionInfo": "_common",
            "WatchEvent": "_events",
            "add_quantities": "_quantity",
            "canonical_quantity": "_quantity",
            "compare_quantities": "_quantity",
            "crd_for": "_crd",
            "decode_secret_data": "_secrets",
            "encode_secret_data": "_secrets",
            "facts_of": "_resource",
            "format_quantity": "_quantity",
            "parse_quantity": "_quantity",
            "untyped": "_untyped",
        },
    )

__all__ = [
    "ALL_VERBS",
    "Base64",
    "BoundObjectReference",
    "ClusterCreateOnly",
    "ClusterResource",
    "CreateOnly",
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
    "ResourceFacts",
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
    "UntypedClusterResource",
    "UntypedNamespacedResource",
    "VersionInfo",
    "WatchEvent",
    "add_quantities",
    "canonical_quantity",
    "compare_quantities",
    "crd_for",
    "decode_secret_data",
    "encode_secret_data",
    "facts_of",
    "format_quantity",
    "parse_quantity",
    "untyped",
]
