"""Bases of typed models, and the structures that belong to no single kind."""

from kubex.models._common import (
    NamespacedObjectMetadata,
    PartialObjectMetadata,
    Scale,
    ScaleSpec,
    ScaleStatus,
    VersionInfo,
)
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
from kubex.models._resource import ClusterResource, NamespacedResource, Resource, facts_of
from kubex.models._status import Status, StatusCause, StatusDetails
from kubex.models._tokens import BoundObjectReference, TokenRequest, TokenRequestSpec, TokenRequestStatus
from kubex.models._untyped import UntypedClusterResource, UntypedNamespacedResource, untyped
from kubex.models._values import IntOrString, MicroTime, NullAsEmpty, Time

__all__ = [
    "BoundObjectReference",
    "ClusterResource",
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
    "NamespacedObjectMetadata",
    "NamespacedResource",
    "NullAsEmpty",
    "ObjectMeta",
    "OwnerReference",
    "PartialObjectMetadata",
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
    "untyped",
]
