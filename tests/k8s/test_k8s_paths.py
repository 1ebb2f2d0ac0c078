"""Paths, scopes, verbs and subresources of the generated classes match the OpenAPI document."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from kubex.models import ApiResource, NamespacedResource, Resource
from kubex.models._reviews import CreateOnly, NamespacedCreateOnly
from kubex.models.markers import HasLogs, HasStatus
from kubex_codegen._resources import MARKERS
from support.openapi_documents import VERSIONS, document, package_folder

OBJECT_METHODS = {"get": "get", "update": "put", "patch": "patch", "delete": "delete"}
COLLECTION_METHODS = {"list": "get", "create": "post", "deletecollection": "delete"}


def classes(version: str) -> Iterator[tuple[type[Any], ApiResource]]:
    """Yield the classes that have a path."""
    for path in package_folder(version).glob("*/*/__init__.py"):
        package = import_module(f"kubex_k8s.v{version.replace('.', '_')}.{path.parts[-3]}.{path.parts[-2]}")
        for name in package.__all__:
            resource = getattr(getattr(package, name), "__resource__", None)
            if resource is not None:
                yield getattr(package, name), resource


def expected_paths(model: type[Any], resource: ApiResource) -> dict[str, set[str]]:
    """Return the paths of a class, with the HTTP methods of its verbs."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
    namespaced = issubclass(model, NamespacedResource | NamespacedCreateOnly)
    verbs = resource.verbs if issubclass(model, Resource) else {"create"}
    collection = f"{root}/namespaces/{{namespace}}/{resource.plural}" if namespaced else f"{root}/{resource.plural}"
    paths = {
        collection: {method for verb, method in COLLECTION_METHODS.items() if verb in verbs},
        f"{collection}/{{name}}": {method for verb, method in OBJECT_METHODS.items() if verb in verbs},
    }
    if namespaced and "list" in verbs:
        paths[f"{root}/{resource.plural}"] = {"get"}
    if "watch" in verbs:
        watched = collection.replace(root, f"{root}/watch")
        paths |= {watched: {"get"}, f"{watched}/{{name}}": {"get"}, f"{root}/watch/{resource.plural}": {"get"}}
    return {path: methods for path, methods in paths.items() if methods}


def document_paths(version: str) -> tuple[dict[str, set[str]], set[tuple[str, str]]]:
    """Return the paths of the document with their methods, and each collection path with its subresources."""
    paths: dict[str, set[str]] = {}
    subresources: set[tuple[str, str]] = set()
    for path, operations in document(version).paths.items():
        collection, separator, subresource = path.partition("/{name}/")
        if separator:
            subresources.add((collection, subresource.removesuffix("/{path}")))
        else:
            paths[path] = set(operations)
    return paths, subresources


@pytest.mark.parametrize("version", VERSIONS)
def test_paths_scopes_and_verbs_match_the_document(version: str) -> None:
    generated: dict[str, set[str]] = {}
    for model, resource in classes(version):
        generated |= expected_paths(model, resource)
    assert generated == document_paths(version)[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_subresources_and_markers_match_the_document(version: str) -> None:
    generated: set[tuple[str, str]] = set()
    for model, resource in classes(version):
        collection = min(
            expected_paths(model, resource), key=lambda path: (not path.endswith(resource.plural), -len(path))
        )
        collection = collection.replace("/watch/", "/")
        generated |= {(collection, name) for name in resource.subresources}
        markers = {base.__name__ for base in model.__mro__ if base.__name__ in MARKERS.values()}
        assert markers == {MARKERS[name] for name in resource.subresources if name in MARKERS}, model
    assert generated == document_paths(version)[1]


def test_class_derives_from_the_markers_of_its_subresources() -> None:
    from kubex_k8s.v1_37.apps.v1 import Deployment
    from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

    assert issubclass(Pod, HasLogs)
    assert issubclass(Deployment, HasStatus)
    assert not issubclass(Deployment, HasLogs)
    assert not issubclass(ConfigMap, HasStatus)


def test_kinds_that_can_only_be_created_are_not_resources() -> None:
    from kubex_k8s.v1_37.authentication.v1 import TokenReview
    from kubex_k8s.v1_37.authorization.v1 import LocalSubjectAccessReview
    from kubex_k8s.v1_37.policy.v1 import Eviction

    for kind in (TokenReview, LocalSubjectAccessReview, Eviction):
        assert not issubclass(kind, Resource)
    assert issubclass(TokenReview, CreateOnly)
    assert Eviction().to_dict() == {"apiVersion": "policy/v1", "kind": "Eviction"}


@pytest.mark.parametrize("version", VERSIONS)
def test_each_kubernetes_version_has_a_separate_package(version: str) -> None:
    package = import_module(f"kubex_k8s.v{version.replace('.', '_')}.core.v1")
    assert package.Pod.__module__.startswith(f"kubex_k8s.v{version.replace('.', '_')}.")
    assert package.Pod().api_version == "v1"
