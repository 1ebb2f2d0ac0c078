"""Bases of typed models, and the structures that belong to no single kind."""

from typing import TYPE_CHECKING

from kubex.models._exports import lazy_names

if TYPE_CHECKING:
    from kubex.models._common import (
        NamespacedObjectMetadata,
        PartialObjectMetadata,
        Scale,
        ScaleSpec,
        ScaleStatus,
        VersionInfo,
    )
    from kubex.models._create_only import ClusterCreateOnly, CreateOnly, NamespacedCreateOnly
    from kubex.models._events import EventType, WatchEvent
    from kubex.models._facts import ResourceFacts
    from kubex.models._lists import ResourceList
    from kubex.models._markers import (
        HasApproval,
        HasAttach,
        HasEphemeralContainers,
        HasEviction,
        HasExec,
        HasLogs,
        HasPortForward,
        HasResize,
        HasScale,
        HasStatus,
        HasTokenRequest,
    )
    from kubex.models._meta import ListMeta, ManagedFieldsEntry, ManagedObjectMeta, ObjectMeta, OwnerReference
    from kubex.models._model import Model
    from kubex.models._names import wire_name, wire_names
    from kubex.models._resource import ClusterResource, NamespacedResource, Resource, facts_of
    from kubex.models._status import Status, StatusCause, StatusDetails
    from kubex.models._tokens import BoundObjectReference, TokenRequest, TokenRequestSpec, TokenRequestStatus
    from kubex.models._untyped import UntypedClusterResource, UntypedNamespacedResource, untyped
    from kubex.models._values import IntOrString, MicroTime, NullAsEmpty, NullAsEmptyDict, Quantity, Time
else:  # importing one model does not build the others
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "BoundObjectReference": "_tokens",
            "ClusterCreateOnly": "_create_only",
            "ClusterResource": "_resource",
            "CreateOnly": "_create_only",
            "EventType": "_events",
            "HasApproval": "_markers",
            "HasAttach": "_markers",
            "HasEphemeralContainers": "_markers",
            "HasEviction": "_markers",
            "HasExec": "_markers",
            "HasLogs": "_markers",
            "HasPortForward": "_markers",
            "HasResize": "_markers",
            "HasScale": "_markers",
            "HasStatus": "_markers",
            "HasTokenRequest": "_markers",
            "IntOrString": "_values",
            "ListMeta": "_meta",
            "ManagedFieldsEntry": "_meta",
            "ManagedObjectMeta": "_meta",
            "MicroTime": "_values",
            "Model": "_model",
            "NamespacedCreateOnly": "_create_only",
            "NamespacedObjectMetadata": "_common",
            "NamespacedResource": "_resource",
            "NullAsEmpty": "_values",
            "NullAsEmptyDict": "_values",
            "ObjectMeta": "_meta",
            "OwnerReference": "_meta",
            "PartialObjectMetadata": "_common",
            "Quantity": "_values",
            "Resource": "_resource",
            "ResourceFacts": "_facts",
            "ResourceList": "_lists",
            "Scale": "_common",
            "ScaleSpec": "_common",
            "ScaleStatus": "_common",
            "Status": "_status",
            "StatusCause": "_status",
            "StatusDetails": "_status",
            "Time": "_values",
            "TokenRequest": "_tokens",
            "TokenRequestSpec": "_tokens",
            "TokenRequestStatus": "_tokens",
            "UntypedClusterResource": "_untyped",
            "UntypedNamespacedResource": "_untyped",
            "VersionInfo": "_common",
            "WatchEvent": "_events",
            "facts_of": "_resource",
            "untyped": "_untyped",
            "wire_name": "_names",
            "wire_names": "_names",
        },
    )

__all__ = [
    "BoundObjectReference",
    "ClusterCreateOnly",
    "ClusterResource",
    "CreateOnly",
    "EventType",
    "HasApproval",
    "HasAttach",
    "HasEphemeralContainers",
    "HasEviction",
    "HasExec",
    "HasLogs",
    "HasPortForward",
    "HasResize",
    "HasScale",
    "HasStatus",
    "HasTokenRequest",
    "IntOrString",
    "ListMeta",
    "ManagedFieldsEntry",
    "ManagedObjectMeta",
    "MicroTime",
    "Model",
    "NamespacedCreateOnly",
    "NamespacedObjectMetadata",
    "NamespacedResource",
    "NullAsEmpty",
    "NullAsEmptyDict",
    "ObjectMeta",
    "OwnerReference",
    "PartialObjectMetadata",
    "Quantity",
    "Resource",
    "ResourceFacts",
    "ResourceList",
    "Scale",
    "ScaleSpec",
    "ScaleStatus",
    "Status",
    "StatusCause",
    "StatusDetails",
    "Time",
    "TokenRequest",
    "TokenRequestSpec",
    "TokenRequestStatus",
    "UntypedClusterResource",
    "UntypedNamespacedResource",
    "VersionInfo",
    "WatchEvent",
    "facts_of",
    "lazy_names",
    "untyped",
    "wire_name",
    "wire_names",
]
