"""Python names of fields, and their JSON names."""

from typing import Any

import pytest
from pydantic import ValidationError

from kubex.models import LazyModel, Model
from kubex.models.fields import json_alias, json_aliases
from kubex_codegen._naming import field_names, package_of, snake_case
from support.openapi_documents import VERSIONS, document

READABLE = {
    "clusterIPs": "cluster_ips",
    "podCIDRs": "pod_cidrs",
    "nonResourceURLs": "non_resource_urls",
    "hostIPC": "host_ipc",
    "openAPIV3Schema": "open_apiv3_schema",
    "stubPKCS10Request": "stub_pkcs10_request",
    "targetCPUUtilizationPercentage": "target_cpu_utilization_percentage",
    "targetWWNs": "target_wwns",
    "fsType": "fs_type",
    "x-kubernetes-int-or-string": "x_kubernetes_int_or_string",
    "$ref": "ref",
}


@pytest.mark.parametrize("wire", READABLE)
def test_field_names_are_snake_case_words(wire: str) -> None:
    assert snake_case(wire) == READABLE[wire]


def test_keywords_and_model_attributes_get_an_underscore() -> None:
    wire = ["from", "continue", "global", "class", "import", "schema", "json", "dict", "copy", "list"]
    assert field_names(wire) == {name: f"{name}_" for name in wire}
    assert {json_alias(f"{name}_") for name in wire} == set(wire)
    assert field_names(["model_dump"]) == {"model_dump": "field_model_dump"}


@pytest.mark.filterwarnings("error")
def test_every_attribute_of_models_and_their_metaclass_can_be_a_field() -> None:
    wire = [name for name in {*dir(LazyModel), *dir(type(LazyModel))} if not name.startswith("_")]
    names = field_names(wire)
    aliases = json_aliases(**{name: json_name for json_name, name in names.items()})
    annotations = dict.fromkeys(names.values(), str)
    metaclass: Any = type(LazyModel)
    kind = metaclass(
        "Fields", (LazyModel,), {"__annotations__": annotations, "__module__": __name__}, alias_generator=aliases
    )
    assert {"mro", "register", "to_dict", "copy"} <= {*wire}
    values = {name: f"value of {name}" for name in wire}
    assert kind.model_validate(values).to_dict() == values
    with pytest.raises(ValidationError, match="mro"):
        kind.model_validate({**values, "mro": None})


def test_names_that_would_be_equal_get_a_number() -> None:
    assert field_names(["fooURL", "fooUrl", "foo_url"]) == {
        "fooURL": "foo_url_2",
        "fooUrl": "foo_url",
        "foo_url": "foo_url_3",
    }
    assert field_names(["2fa", "-"]) == {"2fa": "field_2fa", "-": "field"}


def test_class_may_define_aliases_for_fields() -> None:
    class Spec(Model, alias_generator=json_aliases(foo_url="fooURL", ref="$ref")):
        foo_url: str | None = None
        ref: str | None = None
        pod_ip: str | None = None

    spec = Spec.model_validate({"fooURL": "a", "$ref": "b", "podIP": "c"})
    assert spec == Spec(foo_url="a", ref="b", pod_ip="c")
    assert spec.to_dict() == {"fooURL": "a", "$ref": "b", "podIP": "c"}


@pytest.mark.parametrize("version", VERSIONS)
def test_fields_of_a_class_have_unique_names(version: str) -> None:
    for schema in document(version).schemas.values():
        names = field_names(schema.get("properties", ()))
        assert len(set(names.values())) == len(names)
        assert not any(name.endswith("_2") for name in names.values())


def test_packages_are_named_after_group_and_version() -> None:
    assert package_of("io.k8s.api.apps.v1.Deployment", []) == ("apps", "v1")
    assert package_of("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService", []) == ("apiregistration", "v1")
    widget = ("example.com", "v1beta1", "Widget")
    assert package_of("com.example.v1beta1.Widget", [widget]) == ("example_com", "v1beta1")
    assert package_of("io.cert-manager.v1.Issuer", [("cert-manager.io", "v1", "Issuer")]) == ("cert_manager_io", "v1")
