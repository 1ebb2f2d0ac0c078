"""The conditions of `wait_for()` that read the status of an object."""

from typing import Any

import pytest

from kubex.models import ApiResource, Model, NamespacedResource, PartialObjectMetadata, Resource, dynamic_resource
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_runtime.conditions import (
    Condition,
    Verdict,
    available,
    bound,
    complete,
    condition,
    established,
    load_balancer,
    phase,
    ready,
)
from runtime.condition_checks import check, conditions


def available_deployment(generation: int = 4, observed: int | None = 4, **fields: Any) -> dict[str, Any]:
    status = {"conditions": [{"type": "Available", "status": "True", **fields}]}
    if observed is not None:
        status["observedGeneration"] = observed  # type: ignore[assignment]
    return {"metadata": {"generation": generation}, "status": status}


@pytest.mark.parametrize(
    ("document", "tested", "expected"),
    [
        (available_deployment(), available(), Verdict(True, "the condition Available is True")),
        (available_deployment(), condition("available", "TRUE"), Verdict(True, "the condition Available is True")),
        (available_deployment(), condition("Available", "False"), Verdict(False, "the condition Available is True")),
        (
            available_deployment(reason="Enough", message="it runs"),
            condition("Available", reason="enough"),
            Verdict(True, "the condition Available is True (Enough: it runs)"),
        ),
        (
            available_deployment(reason="Enough"),
            condition("Available", reason="Other"),
            Verdict(False, "the condition Available is True (Enough)"),
        ),
        (
            available_deployment(),
            condition("Progressing"),
            Verdict(False, "the object does not have the condition Progressing, only Available"),
        ),
        ({}, condition("Ready"), Verdict(False, "the object does not have the condition Ready")),
        ({"status": {}}, established(), Verdict(False, "the object does not have the condition Established")),
        (
            {"metadata": {"generation": 2}, "status": {"observedGeneration": 1}},
            condition("Progressing"),
            Verdict(None, "the status is stale: observed generation 1, current 2"),
        ),
    ],
)
def test_condition_reads_status_conditions(
    document: dict[str, Any], tested: Condition[Resource], expected: Verdict
) -> None:
    check("apps/v1", "Deployment", document, tested, expected)


STALE = Verdict(None, "the condition Available is stale: observed generation 3, current 4")
TRUE = Verdict(True, "the condition Available is True")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (available_deployment(observed=3), STALE),
        (available_deployment(observed=4, observedGeneration=3), STALE),
        (available_deployment(observed=3, observedGeneration=4), TRUE),
        (available_deployment(observed=5), TRUE),
        (available_deployment(observed=None), TRUE),
    ],
)
def test_condition_of_an_earlier_generation_does_not_count(document: dict[str, Any], expected: Verdict) -> None:
    check("apps/v1", "Deployment", document, condition("Available"), expected)
    negated = ~condition("Available")
    assert negated.evaluate(
        Deployment.model_validate({"spec": {"selector": {}, "template": {}}, **document})
    ).holds is (False if expected.holds else None)


WAITING = {
    "phase": "Pending",
    "conditions": conditions(Ready="False"),
    "initContainerStatuses": [{"name": "init", "state": {"terminated": {"exitCode": 0}}}],
    "containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}}],
}
CONTROLLED = {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "1"}]}
CONTROLLED["ownerReferences"][0]["controller"] = True  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"status": {"conditions": conditions(Ready="True")}}, Verdict(True, "the condition Ready is True")),
        (
            {"status": WAITING},
            Verdict(False, "the condition Ready is False; the container app is waiting: ImagePullBackOff"),
        ),
        (
            {"status": {"phase": "Failed", "conditions": conditions(Ready="False")}},
            Verdict(False, "the Pod has ended with the phase Failed", final=True),
        ),
        (
            {"metadata": CONTROLLED, "status": {"phase": "Failed", "conditions": conditions(Ready="False")}},
            Verdict(False, "the condition Ready is False"),
        ),
        ({"status": {"phase": "Pending"}}, Verdict(False, "the object does not have the condition Ready")),
    ],
)
def test_ready_explains_which_container_of_a_pod_does_not_run(document: dict[str, Any], expected: Verdict) -> None:
    for status in document["status"].get("initContainerStatuses", []) + document["status"].get("containerStatuses", []):
        status |= {"image": "app:1", "imageID": "", "ready": False, "restartCount": 0}
    check("v1", "Pod", document, ready(), expected)


FAILED = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({}, {"conditions": conditions(Complete="True")}, Verdict(True, "the condition Complete is True")),
        (
            {"completions": 3},
            {"succeeded": 1, "failed": 2},
            Verdict(False, "1 of 3 completions have succeeded, and 2 pods have failed"),
        ),
        ({}, {}, Verdict(False, "0 completions have succeeded, and 0 pods have failed")),
        ({"suspend": True}, {}, Verdict(False, "the Job is suspended")),
        (
            {},
            {"conditions": [FAILED]},
            Verdict(False, "the condition Failed is True (BackoffLimitExceeded)", final=True),
        ),
    ],
)
def test_complete_fails_for_a_failed_job(spec: dict[str, Any], status: dict[str, Any], expected: Verdict) -> None:
    check("batch/v1", "Job", {"spec": {"template": {}, **spec}, "status": status}, complete(), expected)


@pytest.mark.parametrize(
    ("document", "tested", "expected"),
    [
        ({"status": {"phase": "Running"}}, phase("Running"), Verdict(True, "the phase is Running")),
        ({"status": {"phase": "Running"}}, phase("Succeeded", "running"), Verdict(True, "the phase is Running")),
        ({"status": {"phase": "Pending"}}, phase("Running"), Verdict(False, "the phase is Pending")),
        ({"status": {"phase": "Failed"}}, phase("Succeeded"), Verdict(False, "the phase is Failed", final=True)),
        (
            {"metadata": CONTROLLED, "status": {"phase": "Failed"}},
            phase("Succeeded"),
            Verdict(False, "the phase is Failed"),
        ),
        ({}, phase("Running"), Verdict(False, "the object does not have a phase")),
        (
            {"metadata": {"generation": 2}, "status": {"observedGeneration": 1, "phase": "Running"}},
            phase("Running"),
            Verdict(None, "the status is stale: observed generation 1, current 2"),
        ),
    ],
)
def test_phase_compares_the_phase(document: dict[str, Any], tested: Condition[Resource], expected: Verdict) -> None:
    check("v1", "Pod", document, tested, expected)


def test_phase_without_arguments_raises() -> None:
    with pytest.raises(ValueError, match=r'needs at least one phase, such as phase\("Running"\)'):
        phase()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"phase": "Bound"}, Verdict(True, "the phase is Bound")),
        ({"phase": "Pending"}, Verdict(False, "the phase is Pending")),
        ({"phase": "Lost"}, Verdict(False, "the phase is Lost", final=True)),
    ],
)
def test_bound_fails_for_a_lost_claim(status: dict[str, Any], expected: Verdict) -> None:
    check("v1", "PersistentVolumeClaim", {"status": status}, bound(), expected)


LOAD_BALANCERS: list[tuple[str, list[dict[str, str]], Verdict]] = [
    ("LoadBalancer", [{"ip": "192.0.2.1"}], Verdict(True, "the load balancer has the address 192.0.2.1")),
    ("LoadBalancer", [{"hostname": "lb.example"}], Verdict(True, "the load balancer has the address lb.example")),
    ("LoadBalancer", [{}], Verdict(False, "the load balancer has no address")),
    ("LoadBalancer", [], Verdict(False, "the load balancer has no address")),
    ("ClusterIP", [], Verdict(False, "the Service has the type ClusterIP, not LoadBalancer", final=True)),
]


@pytest.mark.parametrize(("type_", "ingress", "expected"), LOAD_BALANCERS)
def test_load_balancer_needs_an_address(type_: str, ingress: Any, expected: Verdict) -> None:
    document = {"spec": {"type": type_}, "status": {"loadBalancer": {"ingress": ingress}}}
    check("v1", "Service", document, load_balancer(), expected)


def test_status_of_objects_of_api_metadata_raises() -> None:
    with pytest.raises(TypeError, match=r"do not contain status: pass the Api instead of api\.metadata"):
        ready()(PartialObjectMetadata())


def test_malformed_status_counts_as_missing() -> None:
    widget = dynamic_resource("example.com/v1", "Widget", plural="widgets")
    statuses: list[Any] = [5, [], {"conditions": 5}, {"conditions": ["Ready", None]}, {"conditions": {"type": "Ready"}}]
    for status in statuses:
        assert not condition("Ready")(widget.model_validate({"status": status}))


def test_condition_reads_models_with_other_attribute_names() -> None:
    class WidgetCondition(Model):
        type_: str
        status: str

    class WidgetStatus(Model):
        conditions: list[WidgetCondition]

    class Widget(NamespacedResource):
        __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")
        status: WidgetStatus

    status: dict[str, Any] = {"conditions": conditions(Ready="True")}
    document = {"metadata": {"generation": 2}, "status": status}
    assert condition("Ready")(Widget.model_validate(document))
    status["observedGeneration"] = 1
    assert not condition("Ready")(Widget.model_validate(document))
