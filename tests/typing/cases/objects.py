"""Objects of built-in kinds and custom resources: creating, reading and changing them."""

from datetime import datetime

from typing_extensions import assert_type

from kubex.models import (
    ClusterResource,
    EventType,
    ObjectMeta,
    OwnerReference,
    ApiResource,
    WatchEvent,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec, PodStatus
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from support.resources import Widget, WidgetSpec


class PaintSpec(WidgetSpec):
    """A model that extends another."""

    coats: int = 1


class Paint(ClusterResource):
    """A custom resource of a user."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Paint", plural="paints")
    spec: PaintSpec


def correct(moment: datetime) -> None:
    pod = Pod(metadata=ObjectMeta(name="web", labels={"a": "b"}), spec=PodSpec(containers=[Container(name="a")]))
    assert_type(pod.metadata.creation_timestamp, datetime | None)
    assert pod.spec is not None
    assert_type(pod.spec.containers[0].image, str | None)
    pod.metadata.labels = {**(pod.metadata.labels or {}), "c": "d"}
    pod.status = PodStatus(phase="Running")
    pod.status.phase = None
    Lease(spec=LeaseSpec(renew_time=moment))
    OwnerReference(api_version="v1", kind="Pod", name="web", uid="1")
    assert_type(pod.to_json(), bytes)
    assert_type(pod.model_copy(), Pod)
    assert_type(Pod.model_validate_json(b"{}"), Pod)
    assert_type(Paint(spec=PaintSpec(size=1, coats=2)).spec.coats, int)
    assert_type(WatchEvent(EventType.ADDED, pod).object, Pod)


def misspelled_imports() -> None:
    from kubex.api import Apis  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex.models import ObjectMetta  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex_httpx import HttpClient  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]

    del Apis, ObjectMetta, HttpClient


def wrong_arguments() -> None:
    Container(name="a", imagge="b")  # E: mypy[call-arg] pyright[reportCallIssue]
    Container(image="b")  # E: mypy[call-arg] pyright[reportCallIssue]
    Container(name=1)  # E: mypy[arg-type] pyright[reportArgumentType]
    Container("a")  # E: mypy[call-arg] pyright[reportCallIssue]
    ConfigMap(data={"a": 1})  # E: mypy[dict-item] pyright[reportArgumentType]
    ConfigMap(metadata="a")  # E: mypy[arg-type] pyright[reportArgumentType]
    ConfigMap(metadata=ObjectMeta(naem="a"))  # E: mypy[call-arg] pyright[reportCallIssue]
    Pod(spec=WidgetSpec(size=1))  # E: mypy[arg-type] pyright[reportArgumentType]
    PodSpec()  # E: mypy[call-arg] pyright[reportCallIssue]
    Lease(spec=LeaseSpec(renew_time="now"))  # E: mypy[arg-type] pyright[reportArgumentType]
    ObjectMeta(resourceVersion="1")  # E: mypy[call-arg] pyright[reportCallIssue]
    ApiResource(version="v1", kind="Paint")  # E: mypy[call-arg] pyright[reportCallIssue]
    WatchEvent("ADD", ConfigMap())  # E: mypy[arg-type] pyright[reportArgumentType]


def wrong_attributes(pod: Pod, spec: PodSpec, config: ConfigMap, widget: Widget, paint: Paint) -> None:
    _ = pod.stattus  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = pod.metadata.resourceVersion  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = spec.containers[0].imagge  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = spec.containers.image  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = pod.spec.containers  # E: mypy[union-attr] pyright[reportOptionalMemberAccess]
    _ = pod.status.phase  # E: mypy[union-attr] pyright[reportOptionalMemberAccess]
    _ = pod["spec"]  # E: mypy[index] pyright[reportIndexIssue]
    _ = config.data["key"]  # E: mypy[index] pyright[reportOptionalSubscript]
    config.data = {"key": 1}  # E: mypy[dict-item] pyright[reportAttributeAccessIssue]
    config.imutable = True  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    pod.spec = widget.spec  # E: mypy[assignment] pyright[reportAttributeAccessIssue]
    _ = paint.spec.colour  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = paint.status  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    widget.metadata.labels["a"] = "b"  # E: mypy[index] pyright[reportOptionalSubscript]
