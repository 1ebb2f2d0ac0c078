"""Apply sets: their id, and the lists of kinds and namespaces in the parent object, without I/O.

The format is that of KEP-3659, so kubectl can continue a set:
https://git.k8s.io/enhancements/keps/sig-cli/3659-kubectl-apply-prune.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from typing_extensions import Self

from kubex.errors import ConfigurationError
from kubex.manifests import Document
from kubex_ops._plan.apply_set_error import ApplySetError
from kubex_ops._plan.json_values import map_at

TOOL = "kubex"
FIELD_MANAGER = f"{TOOL}-applyset"

PART_OF = "applyset.kubernetes.io/part-of"
_ID = "applyset.kubernetes.io/id"
_TOOLING = "applyset.kubernetes.io/tooling"
_KINDS = "applyset.kubernetes.io/contains-group-kinds"
_NAMESPACES = "applyset.kubernetes.io/additional-namespaces"


@dataclass(frozen=True, slots=True)
class ApplySet:
    """A set of objects that are applied together, so that `apply()` can delete those that are no longer in it.

    `apply()` creates a parent object, which is a Secret or a ConfigMap. Its annotations contain the kinds and the
    namespaces of the objects. Each object of the set has a label with the id of the set.

    Args:
        name: the name of the parent object.
        namespace: its namespace. By default the argument `namespace` of the call, or else that of the configuration.
        parent: the kind of the parent object.

    See https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/.

    Example:
        documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: colors}, data: {sky: blue}}")
        await apply(client, documents, field_manager="painter", apply_set=ApplySet("shop"))
    """

    name: str
    namespace: str | None = None
    parent: Literal["Secret", "ConfigMap"] = "Secret"

    def __post_init__(self) -> None:
        if not self.name:
            raise ConfigurationError("must be the name of the parent object, not empty", field="ApplySet.name")
        if self.parent not in ("Secret", "ConfigMap"):
            raise ConfigurationError(f'must be "Secret" or "ConfigMap", not {self.parent!r}', field="ApplySet.parent")

    def __str__(self) -> str:
        return f"{self.parent} {f'{self.namespace}/' if self.namespace else ''}{self.name}"

    @property
    def id(self) -> str:
        """The id, which is the label `applyset.kubernetes.io/part-of` of the objects.

        Raises ConfigurationError if `namespace` is None, because the id depends on it.
        """
        if not self.namespace:
            raise ConfigurationError("is required for the id of a set, which depends on it", field="ApplySet.namespace")
        digest = hashlib.sha256(f"{self.name}.{self.namespace}.{self.parent}.".encode()).digest()
        return f"applyset-{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}-v1"

    def with_namespace(self, *candidates: str | None) -> ApplySet:
        """Return the set with a namespace. If it does not have one, the first candidate is used."""
        namespace = next((namespace for namespace in (self.namespace, *candidates) if namespace), "default")
        return ApplySet(self.name, namespace, self.parent)


class GroupKind(NamedTuple):
    """A kind without its version. The group of the core kinds is empty."""

    group: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the kind for `Deployment.apps` or `ConfigMap`."""
        kind, _, group = text.partition(".")
        return cls(group, kind)

    @classmethod
    def of(cls, api_version: str, kind: str) -> Self:
        """Return the kind of an object."""
        return cls(api_version.rpartition("/")[0], kind)


Key = tuple[GroupKind, str | None, str]
"""The kind, the namespace and the name of an object."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The kinds and the namespaces of the objects of a set. The objects are a subset of all combinations."""

    kinds: frozenset[GroupKind] = frozenset()
    namespaces: frozenset[str] = frozenset()

    @classmethod
    def of(cls, objects: Iterable[Mapping[str, Any]]) -> Self:
        """Return the contents of a set that has these objects."""
        keys = [key_of(item) for item in objects]
        namespaces = frozenset(namespace for _, namespace, _ in keys if namespace is not None)
        return cls(frozenset(kind for kind, _, _ in keys), namespaces)

    def __or__(self, other: Contents) -> Contents:
        return Contents(self.kinds | other.kinds, self.namespaces | other.namespaces)


def key_of(item: Mapping[str, Any]) -> Key:
    """Return what identifies an object, also if it is deleted and created again."""
    metadata = item["metadata"]
    return GroupKind.of(item["apiVersion"], item["kind"]), metadata.get("namespace"), metadata["name"]


def with_label(apply_set: ApplySet, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with the label of a set."""
    labels = {**map_at(body, "metadata", "labels"), PART_OF: apply_set.id}
    return {**body, "metadata": {**body["metadata"], "labels": labels}}


def parent_document(apply_set: ApplySet, contents: Contents, version: str, revision: str | None) -> dict[str, Any]:
    """Return the parent object for a server-side apply. The server rejects it if it has another revision."""
    metadata: dict[str, Any] = {
        "name": apply_set.name,
        "namespace": apply_set.namespace,
        "labels": {_ID: apply_set.id},
        "annotations": {
            _TOOLING: f"{TOOL}/{version}",
            _KINDS: _joined(map(str, contents.kinds)),
            _NAMESPACES: _joined(contents.namespaces - {apply_set.namespace or ""}),
        },
    }
    if revision is not None:
        metadata["resourceVersion"] = revision
    return {"apiVersion": "v1", "kind": apply_set.parent, "metadata": metadata}


def contents_of(apply_set: ApplySet, parent: Mapping[str, Any]) -> Contents:
    """Return the contents that a parent object lists; raise ApplySetError if it is not the parent of this set."""
    metadata: Mapping[str, Any] = parent["metadata"]
    annotations: Mapping[str, str] = metadata.get("annotations") or {}
    labels: Mapping[str, str] = metadata.get("labels") or {}
    _check_tool(apply_set, annotations.get(_TOOLING))
    if labels.get(_ID) != apply_set.id:
        raise ApplySetError(
            apply_set,
            f"its label {_ID} is {labels.get(_ID)!r}, but the id is {apply_set.id!r}: choose another name for the set, "
            "or correct the label",
        )
    if _KINDS not in annotations:
        raise ApplySetError(
            apply_set,
            f"it does not have the annotation {_KINDS}: add it with the kinds, such as 'ConfigMap,Job.batch'",
        )
    kinds = frozenset(map(GroupKind.parse, _split(annotations[_KINDS])))
    return Contents(kinds, frozenset(_split(annotations.get(_NAMESPACES, ""))) | {apply_set.namespace or ""})


def check_member(apply_set: ApplySet, labels: Mapping[str, str] | None, description: str) -> None:
    """Raise ApplySetError if an object is labelled as a member of another set."""
    other = (labels or {}).get(PART_OF)
    if other not in (None, apply_set.id):
        raise ApplySetError(
            apply_set,
            f"{description} belongs to another set, with the id {other!r}: remove the object from that set, or remove "
            f"the label {PART_OF} from the object and from its document",
        )


def identity(api_version: str, kind: str, namespace: str | None, name: str) -> Document:
    """Return a document without a place that only identifies an object."""
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return Document({"apiVersion": api_version, "kind": kind, "metadata": metadata}, number=0, line=0)


def _check_tool(apply_set: ApplySet, tooling: str | None) -> None:
    if tooling is None:
        raise ApplySetError(
            apply_set,
            f"it exists, but does not have the annotation {_TOOLING}, so it is not a set: choose another name",
        )
    tool = tooling.rpartition("/")[0] or tooling
    if tool != TOOL:
        raise ApplySetError(
            apply_set,
            f"it is managed by {tool!r}: continue with this tool, or set the annotation {_TOOLING} to '{TOOL}/v1' to "
            "hand the set over to Kubex",
        )


def _joined(values: Iterable[str]) -> str:
    return ",".join(sorted(values))


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]
