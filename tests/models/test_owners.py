"""Owner references: `owner_reference`, `set_owner`, `controller_of` and `is_owned_by`."""

import json
from typing import Any

import pytest

from kubex.models import (
    DynamicClusterResource,
    ObjectMeta,
    OwnerReference,
    PartialObjectMetadata,
    Resource,
    controller_of,
    dynamic_resource,
    is_owned_by,
    owner_reference,
    set_owner,
)
from kubex.models._lazy.decode import decode_lazily
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Node, Pod
from support.resources import Widget

Gadget = dynamic_resource("example.com/v1beta1", "Gadget", plural="gadgets")


def metadata(name: str, uid: str | None = None, namespace: str | None = "default", **fields: Any) -> dict[str, Any]:
    return {"name": name, "uid": uid, "namespace": namespace, **fields}


def deployment(uid: str) -> Deployment:
    spec: dict[str, Any] = {"selector": {}, "template": {}}
    return Deployment.model_validate({"metadata": metadata("web", uid), "spec": spec})


OWNERS: list[tuple[Resource, str, str]] = [
    (deployment("1"), "apps/v1", "Deployment"),
    (ConfigMap.model_validate({"metadata": metadata("web", "1")}), "v1", "ConfigMap"),
    (Widget.model_validate({"metadata": metadata("web", "1"), "spec": {"size": 1}}), "example.com/v1", "Widget"),
    (Gadget.model_validate({"metadata": metadata("web", "1")}), "example.com/v1beta1", "Gadget"),
    (Node(metadata=ObjectMeta(name="web", uid="1")), "v1", "Node"),
    (decode_lazily(Pod, json.dumps({"metadata": metadata("web", "1")}).encode(), "Pod"), "v1", "Pod"),
]
DEPENDENTS: list[Resource] = [
    ConfigMap(metadata=ObjectMeta(name="a")),
    ConfigMap(metadata=ObjectMeta(generate_name="a-", namespace="default")),
    Widget.model_validate({"metadata": {"name": "a"}, "spec": {"size": 1}}),
    Gadget.model_validate({"metadata": {"name": "a"}}),
    decode_lazily(Pod, b'{"metadata":{"name":"a","namespace":"default"},"spec":{"containers":[]}}', "Pod"),
]


@pytest.fixture
def owner() -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="settings", namespace="default", uid="1"))


@pytest.fixture
def backup() -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="backup"))


@pytest.mark.parametrize(("owner", "api_version", "kind"), OWNERS)
def test_owner_reference_describes_the_owner(owner: Resource, api_version: str, kind: str) -> None:
    assert owner_reference(owner).to_dict() == {
        "apiVersion": api_version,
        "kind": kind,
        "name": "web",
        "uid": "1",
        "controller": True,
        "blockOwnerDeletion": True,
    }
    reference = owner_reference(owner, controller=False, block_owner_deletion=False)
    assert (reference.controller, reference.block_owner_deletion) == (False, False)


@pytest.mark.parametrize(("owner", "api_version", "kind"), OWNERS)
@pytest.mark.parametrize("dependent", DEPENDENTS, ids=lambda dependent: type(dependent).__name__)
def test_set_owner_adds_the_reference_once(owner: Resource, api_version: str, kind: str, dependent: Resource) -> None:
    obj = dependent.model_copy(deep=True)
    assert controller_of(obj) is None
    assert not is_owned_by(obj, owner)
    assert set_owner(obj, owner)
    assert obj.to_dict()["metadata"]["ownerReferences"] == [owner_reference(owner).to_dict()]
    assert controller_of(obj) == owner_reference(owner)
    assert is_owned_by(obj, owner)
    before = obj.to_dict()
    assert not set_owner(obj, owner)
    assert obj.to_dict() == before


def test_set_owner_does_not_decode_other_fields(owner: ConfigMap) -> None:
    body = b'{"metadata":{"name":"a","namespace":"default"},"spec":{"containers":"malformed"}}'
    pod = decode_lazily(Pod, body, "Pod")
    assert set_owner(pod, owner)
    assert "spec=..." in repr(pod)


def test_set_owner_keeps_other_owners_and_their_order(owner: ConfigMap, backup: ConfigMap) -> None:
    others = [ConfigMap(metadata=ObjectMeta(name=name, namespace="default", uid=name)) for name in "ab"]
    for each in (others[0], owner, others[1]):
        assert set_owner(backup, each, controller=False)
    again = ConfigMap(metadata=ObjectMeta(name="settings", namespace="default", uid="2"))
    assert set_owner(backup, again)
    assert [reference.uid for reference in backup.metadata.owner_references or ()] == ["a", "2", "b"]
    assert is_owned_by(backup, again)
    assert not is_owned_by(backup, owner)


def test_set_owner_replaces_the_reference_of_another_version(owner: ConfigMap, backup: ConfigMap) -> None:
    old = OwnerReference(api_version="apps/v1beta1", kind="Deployment", name="web", uid="0", controller=True)
    backup.metadata.owner_references = [old, old]
    web = deployment("1")
    assert set_owner(backup, web)
    assert backup.metadata.owner_references == [owner_reference(web)]


def test_set_owner_can_make_an_owner_the_controller_and_back(owner: ConfigMap, backup: ConfigMap) -> None:
    assert set_owner(backup, owner, controller=False)
    assert controller_of(backup) is None
    assert set_owner(backup, owner)
    assert controller_of(backup) == owner_reference(owner)
    assert set_owner(backup, owner, controller=False)
    assert controller_of(backup) is None


def test_set_owner_sets_a_missing_namespace(owner: ConfigMap, backup: ConfigMap) -> None:
    assert set_owner(backup, owner)
    assert backup.metadata.namespace == "default"
    backup.metadata.namespace = None
    assert set_owner(backup, owner)
    assert backup.metadata.namespace == "default"


def test_cluster_scoped_owner_does_not_set_a_namespace(backup: ConfigMap) -> None:
    assert set_owner(backup, Node(metadata=ObjectMeta(name="node", uid="1")))
    assert backup.metadata.namespace is None
    assert set_owner(Namespace(metadata=ObjectMeta(name="a")), Node(metadata=ObjectMeta(name="node", uid="1")))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"uid": None}, "the owner ConfigMap settings does not have a uid: create it first"),
        ({"uid": ""}, "the owner ConfigMap settings does not have a uid: create it first"),
        ({"name": None}, "the owner ConfigMap without a name does not have a name: create it first"),
        ({"namespace": None}, "the owner ConfigMap settings does not have a namespace: create it first"),
        (
            {"namespace": "other"},
            "ConfigMap backup is in the namespace default, and the owner ConfigMap settings in other: an owner must be",
        ),
    ],
)
def test_set_owner_rejects_unusable_owners(owner: ConfigMap, changes: dict[str, Any], problem: str) -> None:
    unusable = ConfigMap(metadata=owner.metadata.model_copy(update=changes))
    obj = ConfigMap(metadata=ObjectMeta(name="backup", namespace="default"))
    before = obj.to_dict()
    with pytest.raises(ValueError, match=f"^{problem}"):
        set_owner(obj, unusable)
    assert obj.to_dict() == before


@pytest.mark.parametrize("use", [owner_reference, lambda owner: is_owned_by(owner, owner)])
def test_owners_need_a_uid(backup: ConfigMap, use: Any) -> None:
    with pytest.raises(ValueError, match=r"does not have a uid: create it first, and pass the object that create\(\)"):
        use(backup)


def test_set_owner_rejects_a_second_controller(owner: ConfigMap, backup: ConfigMap) -> None:
    set_owner(backup, owner)
    web = deployment("2")
    problem = "ConfigMap backup already has the controller ConfigMap settings: pass controller=False"
    with pytest.raises(ValueError, match=f"^{problem}"):
        set_owner(backup, web)
    assert backup.metadata.owner_references == [owner_reference(owner)]
    assert set_owner(backup, web, controller=False)
    assert controller_of(backup) == owner_reference(owner)


def test_set_owner_rejects_the_object_as_its_owner(owner: ConfigMap) -> None:
    with pytest.raises(ValueError, match=r"^ConfigMap settings cannot be its own owner: pass another object"):
        set_owner(owner, owner, controller=False)
    assert owner.metadata.owner_references is None


@pytest.mark.parametrize(
    "dependent", [Namespace(metadata=ObjectMeta(name="a")), DynamicClusterResource(metadata=ObjectMeta(name="a"))]
)
def test_set_owner_rejects_a_namespaced_owner_of_a_cluster_scoped_object(owner: ConfigMap, dependent: Resource) -> None:
    with pytest.raises(ValueError, match="a is cluster-scoped, and the owner ConfigMap settings is namespaced: the ow"):
        set_owner(dependent, owner)
    assert dependent.metadata.owner_references is None


@pytest.mark.parametrize("model", [PartialObjectMetadata, DynamicClusterResource])
def test_objects_without_a_kind_cannot_be_owners(backup: ConfigMap, model: type[Resource]) -> None:
    unknown = model.model_validate({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node", "uid": "1"}})
    with pytest.raises(TypeError, match=f"the class {model.__name__} of the owner does not have a __resource__"):
        set_owner(backup, unknown)
    set_owner(backup, Node(metadata=ObjectMeta(name="node", uid="1")))
    assert is_owned_by(backup, unknown)
