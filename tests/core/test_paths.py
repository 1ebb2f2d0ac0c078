"""Paths of the API: names are encoded, and cannot change the path."""

import pytest

from kubex.core._paths import collection_path, encode_segment, object_path
from kubex.errors import InvalidNameError, NamespaceError
from kubex.models import ApiResource, NamespacedResource, Resource, api_resource, dynamic_resource
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import Namespace, Pod


@pytest.mark.covers("pitfall-11")
@pytest.mark.parametrize(
    "name",
    [
        "../secrets/s?x=1", "..", ".", "", "a/b", "/", "a%2fb", "%2e%2e", "a\nb", "a\r\nHost: x", "\x00", "\x7f",
        "\ud800",
    ],
)  # fmt: skip
def test_a_name_that_would_change_the_path_raises(name: str) -> None:
    with pytest.raises(InvalidNameError) as caught:
        object_path("/api/v1/namespaces/default/pods", name)
    assert caught.value.field == "name"
    assert repr(name) in str(caught.value)
    with pytest.raises(InvalidNameError) as caught:
        collection_path(Pod, name)
    assert caught.value.field == "namespace"


@pytest.mark.parametrize("name", [None, 7, b"web", ["web"]])
def test_a_name_that_is_not_a_string_raises(name: object) -> None:
    with pytest.raises(InvalidNameError, match="is not a string"):
        encode_segment(name, "name")  # type: ignore[arg-type]  # a program without type checks


@pytest.mark.covers("pitfall-11")
@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("web-0", "web-0"),
        ("system:admin", "system:admin"),
        ("a?x=1", "a%3Fx=1"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("...", "..."),
        ("a\\b", "a%5Cb"),
        ("zoë", "zo%C3%AB"),
        ("[::1]", "%5B::1%5D"),
    ],
)
def test_other_names_are_percent_encoded(name: str, encoded: str) -> None:
    assert encode_segment(name, "name") == encoded


@pytest.mark.parametrize(
    ("resource", "namespace", "path"),
    [
        (Pod, "default", "/api/v1/namespaces/default/pods"),
        (Pod, None, "/api/v1/pods"),
        (Deployment, "web", "/apis/apps/v1/namespaces/web/deployments"),
        (Deployment, None, "/apis/apps/v1/deployments"),
        (Namespace, None, "/api/v1/namespaces"),
    ],
)
def test_collection_paths_contain_the_group_version_and_namespace(
    resource: type[Resource], namespace: str | None, path: str
) -> None:
    assert collection_path(resource, namespace) == path


def test_object_paths_contain_the_name_and_the_subresource() -> None:
    assert object_path("/api/v1/pods", "web") == "/api/v1/pods/web"
    assert object_path("/api/v1/pods", "web", "log") == "/api/v1/pods/web/log"


def test_a_namespace_of_a_cluster_scoped_kind_raises() -> None:
    with pytest.raises(NamespaceError, match="namespaces: is cluster-scoped, so namespace 'a' does not apply"):
        collection_path(Namespace, "a")


@pytest.mark.covers("pitfall-16")
@pytest.mark.parametrize(
    ("group", "kind", "plural"),
    [
        ("gateway.networking.k8s.io", "Gateway", "gateways"),
        ("", "Endpoints", "endpoints"),
        ("networking.k8s.io", "Ingress", "ingresses"),
        ("example.com", "Goose", "geese"),
    ],
)
def test_the_plural_is_used_unchanged(group: str, kind: str, plural: str) -> None:
    class Thing(NamespacedResource):
        __resource__ = ApiResource(group=group, version="v1", kind=kind, plural=plural)

    assert collection_path(Thing, None).rpartition("/")[2] == plural
    api_version = f"{group}/v1" if group else "v1"
    assert api_resource(dynamic_resource(api_version, kind, plural=plural)) == api_resource(Thing)


@pytest.mark.covers("pitfall-16")
@pytest.mark.parametrize("missing", ["version", "kind", "plural"])
def test_a_missing_plural_raises(missing: str) -> None:
    resource = {"version": "v1", "kind": "Gateway", "plural": "gateways"} | {missing: ""}
    with pytest.raises(ValueError, match=f"ApiResource requires {missing}"):
        ApiResource(**resource)  # type: ignore[arg-type]  # the dict contains only strings


@pytest.mark.parametrize(
    ("api_version", "problem"),
    [
        ("kubex.example.com", "invalid version 'kubex.example.com': expected a version such as v1 or v1beta1"),
        ("example.com/", "ApiResource requires version"),
        ("example.com/V1", "invalid version 'V1'"),
        ("example.com/1", "invalid version '1'"),
        ("a/b/c", "group 'a/b' contains a slash: pass the group and the version"),
        ("/apis/example.com/v1", "group '/apis/example.com' contains a slash"),
    ],
)
def test_an_invalid_version_or_group_raises(api_version: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        dynamic_resource(api_version, "Gadget", plural="gadgets")
    group, _, version = api_version.rpartition("/")
    with pytest.raises(ValueError, match=problem):
        ApiResource(group=group, version=version, kind="Gadget", plural="gadgets")
