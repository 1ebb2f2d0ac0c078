"""The order in which the objects of a set are applied."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Protocol, TypeVar


class HasKind(Protocol):
    """Something of a kind, such as a document."""

    @property
    def api_version(self) -> str: ...
    @property
    def kind(self) -> str: ...


K = TypeVar("K", bound=HasKind)


class Phase(IntEnum):
    """A part of a set. It begins if all objects of the part before it are applied."""

    FOUNDATION = 1
    """Namespaces and CustomResourceDefinitions, without which other objects are rejected."""
    SETTINGS = 2
    """Objects that workloads refer to when they start, such as a ConfigMap or a ServiceAccount."""
    OTHERS = 3
    """All other kinds."""
    HOOKS = 4
    """Objects that change how the server handles requests. Until their programs run, they can reject other objects."""


_PHASES = {
    ("", "Namespace"): Phase.FOUNDATION,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Phase.FOUNDATION,
    ("", "ConfigMap"): Phase.SETTINGS,
    ("", "LimitRange"): Phase.SETTINGS,
    ("", "PersistentVolume"): Phase.SETTINGS,
    ("", "PersistentVolumeClaim"): Phase.SETTINGS,
    ("", "ResourceQuota"): Phase.SETTINGS,
    ("", "Secret"): Phase.SETTINGS,
    ("", "ServiceAccount"): Phase.SETTINGS,
    ("networking.k8s.io", "IngressClass"): Phase.SETTINGS,
    ("node.k8s.io", "RuntimeClass"): Phase.SETTINGS,
    ("rbac.authorization.k8s.io", "ClusterRole"): Phase.SETTINGS,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): Phase.SETTINGS,
    ("rbac.authorization.k8s.io", "Role"): Phase.SETTINGS,
    ("rbac.authorization.k8s.io", "RoleBinding"): Phase.SETTINGS,
    ("scheduling.k8s.io", "PriorityClass"): Phase.SETTINGS,
    ("storage.k8s.io", "StorageClass"): Phase.SETTINGS,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): Phase.HOOKS,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): Phase.HOOKS,
    ("apiregistration.k8s.io", "APIService"): Phase.HOOKS,
}


def group_kind(item: HasKind) -> tuple[str, str]:
    """Return the group and the kind; the version does not matter for the order."""
    return item.api_version.rpartition("/")[0], item.kind


def phase_of(item: HasKind) -> Phase:
    """Return the phase of an object."""
    return _PHASES.get(group_kind(item), Phase.OTHERS)


def in_phases(items: Iterable[K]) -> list[list[K]]:
    """Return the objects of each phase, in the order in which they are applied. No phase is empty."""
    phases: dict[Phase, list[K]] = {}
    for item in items:
        phases.setdefault(phase_of(item), []).append(item)
    return [phases[phase] for phase in sorted(phases)]
