"""For which condition `apply()` waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from kubex.models import Resource, api_resource
from kubex_ops._plan.phases import HasKind, group_kind
from kubex_runtime.conditions import OptionalCondition, available, bound, complete, established, ready, rolled_out

WaitTypes: TypeAlias = bool | Mapping[type[Resource] | tuple[str, str], OptionalCondition[Any]]
"""The argument `wait`: a bool, or the condition for each kind, which is a class or an `apiVersion` with a `kind`."""

_Conditions: TypeAlias = Mapping[tuple[str, str], OptionalCondition[Any]]

_DEFAULT: _Conditions = {
    ("", "PersistentVolumeClaim"): bound(),
    ("", "Pod"): ready(),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): established(),
    ("apiregistration.k8s.io", "APIService"): available(),
    ("apps", "DaemonSet"): rolled_out(),
    ("apps", "Deployment"): rolled_out(),
    ("apps", "StatefulSet"): rolled_out(),
    ("batch", "Job"): complete(),
}


def conditions_of(wait: WaitTypes) -> _Conditions:
    """Return the condition for each group and kind; the version does not matter."""
    if isinstance(wait, bool):
        return _DEFAULT if wait else {}
    return {_group_kind(key): condition for key, condition in wait.items()}


def condition_for(item: HasKind, conditions: _Conditions) -> OptionalCondition[Any] | None:
    """Return the condition for an object, or None if apply does not wait for its kind."""
    return conditions.get(group_kind(item))


def _group_kind(key: type[Resource] | tuple[str, str]) -> tuple[str, str]:
    if isinstance(key, tuple):
        api_version, kind = key
        return api_version.rpartition("/")[0], kind
    resource = api_resource(key)
    return resource.group, resource.kind
