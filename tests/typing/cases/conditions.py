"""Conditions of `kubex_runtime`, and their combination with functions for one kind."""

from typing_extensions import assert_type

from kubex.models import Resource
from kubex_k8s.v1_37.core.v1 import Node, Pod
from kubex_runtime.conditions import Condition, OptionalCondition, deleted, ready


def is_scheduled(pod: Pod) -> bool:
    return pod.spec is not None and pod.spec.node_name is not None


def is_cordoned(node: Node) -> bool:
    return node.spec is not None and node.spec.unschedulable is True


def combined(of_pods: Condition[Pod]) -> None:
    assert_type(ready(), Condition[Resource])
    assert_type(ready() & is_scheduled, Condition[Pod])
    assert_type(ready() & ready(), Condition[Resource])
    assert_type(ready() & of_pods, Condition[Pod])
    assert_type(ready() & deleted(), Condition[Resource])
    assert_type(ready() | is_scheduled, Condition[Pod])
    assert_type(ready() | ready(), Condition[Resource])
    assert_type(ready() | of_pods, Condition[Pod])
    assert_type(of_pods | is_scheduled | ready(), Condition[Pod])
    assert_type(ready() | deleted(), OptionalCondition[Resource])
    assert_type(of_pods | deleted(), OptionalCondition[Pod])
    assert_type(deleted(), OptionalCondition[Resource])
    assert_type(deleted() | is_scheduled, OptionalCondition[Pod])
    assert_type(deleted() & is_scheduled, OptionalCondition[Pod])
    assert_type(deleted() | of_pods | ready(), OptionalCondition[Pod])
    assert_type(deleted() & of_pods & ready(), OptionalCondition[Pod])
    assert_type(of_pods & is_scheduled & ready(), Condition[Pod])
    _ = of_pods & is_cordoned  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = of_pods | is_cordoned  # E: mypy[operator] pyright[reportOperatorIssue]
    _ = (deleted() | of_pods) & is_cordoned  # E: mypy[operator] pyright[reportOperatorIssue]
