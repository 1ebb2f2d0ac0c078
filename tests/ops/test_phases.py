"""The order of a set, and the conditions for which it waits."""

import pytest

from kubex.errors import ConfigurationError
from kubex.manifests import Document
from kubex.models import dynamic_resource
from kubex_ops._plan.arguments import check_arguments
from kubex_ops._plan.conditions import condition_for, conditions_of
from kubex_ops._plan.phases import in_phases
from kubex_runtime.conditions import condition, ready
from runtime.machine.server_model import seeded

ORDER = [
    [("v1", "Namespace"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition")],
    [
        ("v1", "ServiceAccount"),
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("v1", "LimitRange"),
        ("v1", "ResourceQuota"),
        ("v1", "PersistentVolume"),
        ("v1", "PersistentVolumeClaim"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("scheduling.k8s.io/v1", "PriorityClass"),
        ("node.k8s.io/v1", "RuntimeClass"),
        ("storage.k8s.io/v1", "StorageClass"),
        ("networking.k8s.io/v1", "IngressClass"),
    ],
    [("apps/v1", "Deployment"), ("v1", "Pod"), ("v1", "Service"), ("example.com/v1", "Namespace")],
    [
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"),
        ("apiregistration.k8s.io/v1", "APIService"),
    ],
]


def document(api_version: str, kind: str) -> Document:
    return Document({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}})


def test_a_set_is_applied_in_four_phases() -> None:
    kinds = [kind for phase in ORDER for kind in phase]
    seeded(1).shuffle(kinds)
    phases = in_phases(document(*kind) for kind in kinds)
    assert [sorted((each.api_version, each.kind) for each in phase) for phase in phases] == list(map(sorted, ORDER))
    # A phase keeps the order of the set.
    assert [(each.api_version, each.kind) for each in phases[1]] == [kind for kind in kinds if kind in ORDER[1]]
    assert in_phases([document("v1", "Pod")]) == [[document("v1", "Pod")]]


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "established()"),
        ("apps/v1", "Deployment", "rolled_out()"),
        ("apps/v1", "StatefulSet", "rolled_out()"),
        ("apps/v1", "DaemonSet", "rolled_out()"),
        ("batch/v1", "Job", "complete()"),
        ("v1", "Pod", "ready()"),
        ("v1", "PersistentVolumeClaim", "bound()"),
        ("apiregistration.k8s.io/v1", "APIService", "available()"),
        ("v1", "Service", "None"),
        ("example.com/v1", "Deployment", "None"),
    ],
)
def test_each_kind_has_its_condition(api_version: str, kind: str, expected: str) -> None:
    assert repr(condition_for(document(api_version, kind), conditions_of(True))) == expected
    assert condition_for(document(api_version, kind), conditions_of(False)) is None


def test_a_mapping_from_kinds_replaces_the_conditions() -> None:
    widget = dynamic_resource("example.com/v1", "Widget", plural="widgets")
    conditions = conditions_of({widget: ready(), ("example.com/v1", "Gadget"): condition("Synced")})
    assert repr(condition_for(document("example.com/v2", "Widget"), conditions)) == "ready()"
    assert repr(condition_for(document("example.com/v1", "Gadget"), conditions)) == 'condition("Synced")'
    assert condition_for(document("apps/v1", "Deployment"), conditions) is None
    with pytest.raises(TypeError, match="wait has the key 'Deployment': pass the class of a kind, or its apiVersion"):
        conditions_of({"Deployment": ready()})


def test_arguments_are_checked() -> None:
    assert check_arguments(concurrency=1, wait=True, timeout=5) == 5
    assert check_arguments(concurrency=1, wait=True, timeout=None) is None
    assert check_arguments(concurrency=1, wait=False, timeout=...) is None
    with pytest.raises(ConfigurationError, match="timeout: is required with wait: pass a number of seconds, or None"):
        check_arguments(concurrency=1, wait=True, timeout=...)
    with pytest.raises(ConfigurationError, match="timeout: limits only the time for waiting"):
        check_arguments(concurrency=1, wait=False, timeout=5)
    with pytest.raises(ConfigurationError, match="timeout: must be greater than 0"):
        check_arguments(concurrency=1, wait=True, timeout=0)
    with pytest.raises(ConfigurationError, match="concurrency: must be 1 or more, not 0"):
        check_arguments(concurrency=0, wait=False, timeout=...)
    with pytest.raises(ConfigurationError, match="field_manager: must be the name of this program"):
        check_arguments(field_manager="", concurrency=1, wait=False, timeout=...)
