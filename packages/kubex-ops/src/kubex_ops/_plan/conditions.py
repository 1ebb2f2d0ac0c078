"""For which condition `apply()` waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from kubex.models import Resource, api_resource
from kubex_ops._plan.phases import HasKind, group_kind
from kubex_runtime.conditions import OptionalCondition, available, bound, complete, established, ready, rolled_out

# The type of keys is invariant, so a dict with the keys `type[Deployment]` would not match a narrower type.
WaitTypes: TypeAlias = bool | Mapping[Any, OptionalCondition[Any]]
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


def _group_kind(key: object) -> tuple[str, str]:
    if isinstance(key, type) and issubclass(key, Resource):
        resource = api_resource(key)
        return resource.group, resource.kind
    if isinstance(key, tuple) and len(parts := cast("tuple[str, ...]", key)) == 2:
        api_version, kind = parts
        return api_version.rpartition("/")[0], kind
    raise TypeError(
        f"wait has the key {key!r}: pass the class of a kind, or its apiVersion and kind, such as "
        '("apps/v1", "Deployment")'
    )
