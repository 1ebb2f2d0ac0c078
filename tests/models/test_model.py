"""The base classes of models: JSON names, defaults, unknown fields, copies, and the build of schemas."""

import copy
import json
import pickle
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from kubex.models import (
    ApiResource,
    ClusterResource,
    ListMeta,
    ManagedFieldsEntry,
    ManagedObjectMeta,
    Model,
    NamespacedResource,
    ObjectMeta,
    OwnerReference,
    Resource,
    Scale,
    Status,
    VersionInfo,
    api_resource,
)
from kubex.models._json_aliases import IRREGULAR_NAMES, json_alias
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, PodStatus
from support.resources import Widget, WidgetSpec


@pytest.mark.parametrize(
    ("name", "json_name"),
    [
        ("name", "name"),
        ("api_version", "apiVersion"),
        ("block_owner_deletion", "blockOwnerDeletion"),
        ("continue_", "continue"),
        ("from_", "from"),
        ("host_ipc", "hostIPC"),
        ("pod_ips", "podIPs"),
        ("cluster_ip", "clusterIP"),
        ("fields_v1", "fieldsV1"),
        *IRREGULAR_NAMES.items(),
    ],
)
def test_json_alias_translates_field_names(name: str, json_name: str) -> None:
    assert json_alias(name) == json_name


@pytest.mark.parametrize("data", [{"podIP": "10.0.0.1"}, {"pod_ip": "10.0.0.1"}])
def test_field_accepts_both_names(data: dict[str, str]) -> None:
    status = PodStatus.model_validate(data)
    assert status.pod_ip == "10.0.0.1"
    assert status.to_dict() == {"podIP": "10.0.0.1"}
    assert status.to_json() == b'{"podIP":"10.0.0.1"}'


def test_unknown_fields_are_preserved_at_every_depth() -> None:
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"spec": {"containers": [{"name": "c", "newField": {"x": [1, 2.5, True, "s"]}}]}},
            "futureField": {"deep": {"snake_case": 1, "camelCase": 2}},
        },
        "somethingNew": [1],
    }
    web = Deployment.model_validate_json(json.dumps(body))
    assert web.to_dict() == body
    assert json.loads(web.to_json()) == body


def test_metadata_omits_only_managed_fields() -> None:
    kept = {
        "name": "a",
        "selfLink": "/a",
        "somethingNew": {"deep": [1, None]},
        "creationTimestamp": None,
        "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "blockOwnerDeletion": True}],
    }
    body = {
        "metadata": {**kept, "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:data": {}}}]},
        "data": {"a": "b"},
    }
    text = json.dumps(body).encode()
    found = [ConfigMap.model_validate(body), ConfigMap.model_validate_json(text)]
    found += [decode_lazily(ConfigMap, text, "a"), decode_eagerly(ConfigMap, text, "a")]
    for item in found:
        assert item.to_dict()["metadata"] == kept
        assert not hasattr(item.metadata, "managed_fields")
        assert item == found[0]
    owner = OwnerReference(api_version="v1", kind="Pod", name="p", uid="u", block_owner_deletion=True)
    assert found[0].metadata.owner_references == [owner]
    assert "managedFields" not in ObjectMeta.model_json_schema()["properties"]
    for entries in (None, [], [None], "text"):
        assert ObjectMeta.model_validate({"managedFields": entries}).to_dict() == {}


def test_managed_object_meta_has_managed_fields() -> None:
    class Managed(ConfigMap):
        metadata: ManagedObjectMeta

    body: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "a",
            "managedFields": [
                {"manager": "m", "time": "2024-01-02T03:04:05Z", "fieldsType": "FieldsV1", "fieldsV1": {"f:data": {}}}
            ],
            "somethingNew": 1,
        },
    }
    item = Managed.model_validate(body)
    assert item.metadata.managed_fields is not None
    assert isinstance(item.metadata.managed_fields[0], ManagedFieldsEntry)
    assert item.to_dict() == body


@pytest.mark.parametrize("value", [0, True, "", [], {}])
def test_empty_and_false_values_are_sent(value: object) -> None:
    assert ConfigMap.model_validate({"extra": value}).to_dict()["extra"] == value


def test_validation_error_does_not_contain_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        ConfigMap.model_validate({"data": "marked-secret"})
    assert "marked-secret" not in str(caught.value)


def test_api_resource_sets_the_defaults_of_api_version_and_kind() -> None:
    assert (Widget(spec=WidgetSpec(size=1)).api_version, Widget(spec=WidgetSpec(size=1)).kind) == (
        "example.com/v1",
        "Widget",
    )
    assert (ConfigMap().api_version, ConfigMap().kind) == ("v1", "ConfigMap")
    assert (Resource().api_version, Resource().kind) == (None, None)


def test_subclass_of_a_kind_inherits_its_api_resource() -> None:
    class MyConfigMap(ConfigMap):
        note: str | None = None

    assert MyConfigMap(note="x").to_dict() == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "note": "x"}
    assert api_resource(MyConfigMap) is api_resource(ConfigMap)


@pytest.mark.covers("pitfall-17")
def test_classes_have_separate_defaults() -> None:
    class One(NamespacedResource):
        __resource__ = ApiResource(version="v1", kind="One", plural="ones")

    class Two(ClusterResource):
        __resource__ = ApiResource(group="example.com", version="v2", kind="Two", plural="twos")

    class WithoutResource(NamespacedResource):
        pass

    assert (One().api_version, One().kind) == ("v1", "One")
    assert (Two().api_version, Two().kind) == ("example.com/v2", "Two")
    assert (WithoutResource().api_version, WithoutResource().kind) == (None, None)
    assert Resource.__resource__ is None
    assert NamespacedResource.__resource__ is None
    one, other = One(), One()
    one.metadata.name = "changed"
    assert other.metadata.name is None
    assert One().metadata.name is None


@pytest.mark.covers("pitfall-17")
def test_class_without_api_resource_raises_type_error() -> None:
    class WithoutResource(NamespacedResource):
        pass

    class AlsoWithoutResource(NamespacedResource):
        pass

    for kind in (WithoutResource, AlsoWithoutResource):
        with pytest.raises(TypeError, match=rf"{kind.__name__} has no __resource__; add __resource__ = ApiResource"):
            api_resource(kind)


def test_class_without_scope_raises_type_error() -> None:
    class WithoutScope(Resource):
        __resource__ = ApiResource(version="v1", kind="WithoutScope", plural="withoutscopes")

    with pytest.raises(TypeError, match="NamespacedResource or ClusterResource"):
        api_resource(WithoutScope)


def test_api_resource_is_frozen_and_hashable() -> None:
    resource = api_resource(Widget)
    assert (resource.api_version, resource.group_resource) == ("example.com/v1", "widgets.example.com")
    assert (api_resource(Pod).api_version, api_resource(Pod).group_resource) == ("v1", "pods")
    with pytest.raises(AttributeError):
        resource.plural = "gadgets"  # type: ignore[misc]  # wrong on purpose
    assert len({resource, ApiResource(version="v1", kind="A", plural="as", subresources=frozenset({"status"}))}) == 2


OBJECTS = [
    ConfigMap(metadata=ObjectMeta(name="a", labels={"x": "y"}), data={"k": "v"}),
    Widget.model_validate({"metadata": {"name": "w"}, "spec": {"size": 3, "new": {"a": None}}}),
    Status(message="m", reason="NotFound", code=404),
    ListMeta(resource_version="5", continue_="c"),
    Scale.model_validate({"metadata": {"name": "web"}, "spec": {"replicas": 2}}),
    VersionInfo.model_validate({"major": "1", "minor": "37", "gitVersion": "v1.37.2", "emulationMajor": "1"}),
]


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: type(item).__name__)
def test_copies_are_equal_and_independent(item: Model) -> None:
    for duplicate in (copy.deepcopy(item), item.model_copy(deep=True), pickle.loads(pickle.dumps(item))):
        assert duplicate == item
        assert duplicate.to_json() == item.to_json()
        assert duplicate is not item
    assert copy.copy(item) == item
    assert type(item).model_validate_json(item.to_json()).to_json() == item.to_json()


def test_objects_with_other_values_or_classes_are_not_equal() -> None:
    assert ConfigMap(data={"k": "v"}) != ConfigMap(data={"k": "w"})
    assert ObjectMeta(name="a") != ManagedObjectMeta(name="a")


def test_first_use_builds_the_schema() -> None:
    # Schemas are deferred so that imports are fast. Each of these uses must build them.
    def new_class() -> type[Widget]:
        class Fresh(Widget):
            color: str | None = None

        assert not Fresh.__pydantic_complete__
        return Fresh

    body = {"spec": {"size": 1}}
    uses: list[Callable[[Any], object]] = [
        lambda kind: kind.model_validate(body),
        lambda kind: kind.model_validate_json(json.dumps(body)),
        lambda kind: kind.__pydantic_validator__.validate_json(json.dumps(body)),
        lambda kind: kind(**body),
        lambda kind: TypeAdapter(kind).validate_python(body),
        lambda kind: TypeAdapter(list[kind]).validate_python([body]),  # type: ignore[valid-type]  # at run time
    ]
    for use in uses:
        kind = new_class()
        use(kind)
        assert kind.model_validate(body).to_dict() == {
            "apiVersion": "example.com/v1",
            "kind": "Widget",
            "metadata": {},
            "spec": {"size": 1},
        }


def test_first_use_calls_model_rebuild() -> None:
    calls: list[str] = []

    class Watched(Widget):
        @classmethod
        def model_rebuild(cls, **options: Any) -> bool | None:
            calls.append(cls.__name__)
            return super().model_rebuild(**options)

    Watched.model_validate({"spec": {"size": 1}})
    assert calls == ["Watched"]


def test_dump_builds_the_schema_of_an_object_from_model_construct() -> None:
    class Fresh(Widget):
        pass

    item = Fresh.model_construct(metadata=ObjectMeta(name="a"))
    assert json.loads(item.to_json())["metadata"] == {"name": "a"}


def test_type_adapter_of_a_deferred_class_is_complete() -> None:
    class Fresh(Widget):
        pass

    # FastAPI creates an adapter for the type of each parameter, with the name of the parameter as an alias.
    assert not Fresh.__pydantic_complete__
    kinds: list[Any] = [Fresh, Pod, ConfigMap]
    for kind in kinds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            annotated: Any = Annotated[kind, Field(alias="body")]
            adapter = TypeAdapter[Any](annotated)
        assert adapter.pydantic_complete
        read = adapter.validate_python({"metadata": {"name": "a", "new": 1}, "spec": {"size": 1, "containers": []}})
        assert adapter.dump_python(read, mode="json", by_alias=True)["metadata"]["name"] == "a"
        for mode in ("validation", "serialization"):
            schema = adapter.json_schema(mode=mode)
            assert schema["$defs"]["ObjectMeta"]["properties"]["creationTimestamp"]["anyOf"][0]["format"] == "date-time"
