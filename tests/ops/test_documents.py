"""Objects as documents, and the bodies of requests."""

from typing import Any

import pytest

from kubex.errors import ManifestError, NamespaceError
from kubex.manifests import Document, load
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_ops._plan.bodies import body_of, namespace_of
from kubex_ops._plan.definitions import defined_kinds
from kubex_ops._plan.documents import as_documents
from kubex_ops._plan.responses import uid_in_response

CONFIG_MAP: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}


def with_metadata(**metadata: object) -> Document:
    return Document({**CONFIG_MAP, "metadata": {"name": "a", **metadata}})


def test_models_and_json_become_documents() -> None:
    document = Document(CONFIG_MAP, "a.yaml", 2, 7)
    model = ConfigMap(metadata=ObjectMeta(name="a"))
    documents = as_documents([document, model, CONFIG_MAP])
    assert documents[0] is document
    assert [each.value for each in documents] == [CONFIG_MAP] * 3


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "object 2 .* apiVersion"),
        ({"apiVersion": "v1", "kind": 1, "metadata": {"name": "a"}}, "object 2 .* kind"),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, "ConfigMap, object 2 of the set, does not have metadata"),
        ({**CONFIG_MAP, "metadata": {}}, "ConfigMap, object 2 of the set, does not have a name: set metadata.name"),
        ({**CONFIG_MAP, "metadata": {"generateName": "a-"}}, r"has generateName.*create it with Api.create\(\)"),
    ],
)
def test_objects_that_cannot_be_applied_are_rejected(value: dict[str, Any], message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        as_documents([CONFIG_MAP, value])


def test_the_error_names_the_place_of_a_document() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\n"
    with pytest.raises(ManifestError, match="document 2, line 5: ConfigMap does not have a name"):
        as_documents(load(text))


def test_other_values_are_rejected() -> None:
    with pytest.raises(TypeError, match=r"object 1 is not a document.*but str: read YAML with load\(\)"):
        as_documents("a.yaml")  # type: ignore[arg-type]  # the mistake


def test_metadata_of_the_server_is_not_sent() -> None:
    document = with_metadata(uid="1", resourceVersion="2", managedFields=[{}], labels={"app": "web"})
    assert body_of(document, "shop")["metadata"] == {"name": "a", "labels": {"app": "web"}, "namespace": "shop"}
    assert body_of(with_metadata(namespace="x"), None)["metadata"] == {"name": "a"}
    assert document.value["metadata"]["uid"] == "1"


def test_the_namespace_is_that_of_the_document_or_the_call() -> None:
    inside, outside = with_metadata(namespace="shop"), with_metadata()
    assert namespace_of(inside, None, "default", namespaced=True) == "shop"
    assert namespace_of(inside, "shop", "default", namespaced=True) == "shop"
    assert namespace_of(outside, "shop", "default", namespaced=True) == "shop"
    assert namespace_of(outside, None, "default", namespaced=True) == "default"
    assert namespace_of(inside, "other", "default", namespaced=False) is None
    with pytest.raises(NamespaceError, match=r"ConfigMap shop/a.* namespace='other', but the document has .* 'shop'"):
        namespace_of(inside, "other", "default", namespaced=True)


def test_definitions_name_the_kinds_that_they_serve() -> None:
    versions = [{"name": "v1", "served": True}, {"name": "v1alpha1", "served": False}, {"name": "v2"}, None]
    spec = {"group": "example.com", "scope": "Cluster", "names": {"kind": "Widget"}, "versions": versions}
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "w"}}
    kinds = defined_kinds([Document({**crd, "spec": spec}), Document(CONFIG_MAP), Document(crd)])
    assert {key: namespaced for key, namespaced in kinds.items() if key[0] != "example.com/None"} == {
        ("example.com/v1", "Widget"): False,
        ("example.com/v2", "Widget"): False,
    }


def test_the_uid_of_a_deleted_object_is_in_the_status_or_the_object() -> None:
    status = {"apiVersion": "v1", "kind": "Status", "metadata": {}, "details": {"name": "a", "uid": "1"}}
    assert uid_in_response(status) == "1"
    assert uid_in_response({**CONFIG_MAP, "metadata": {"name": "a", "uid": "2"}}) == "2"
    assert uid_in_response({"apiVersion": "v1", "kind": "Status"}) is None
