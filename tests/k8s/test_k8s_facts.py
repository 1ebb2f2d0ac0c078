"""What the classes say of themselves is what the paths of the document say."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from kubex.models import NamespacedResource, Resource, ResourceFacts
from kubex.models._create_only import CreateOnly, NamespacedCreateOnly
from kubex.models.markers import HasLogs, HasStatus
from kubex_codegen._resources import MARKERS
from support.documents import VERSIONS, document, package_folder

OBJECT = {"get": "get", "update": "put", "patch": "patch", "delete": "delete"}
COLLECTION = {"list": "get", "create": "post", "deletecollection": "delete"}


def classes(version: str) -> Iterator[tuple[type[Any], ResourceFacts]]:
    """Iterate over the classes that have a path."""
    for path in package_folder(version).glob("*/*/__init__.py"):
        package = import_module(f"kubex_k8s.v{version.replace('.', '_')}.{path.parts[-3]}.{path.parts[-2]}")
        for name in package.__all__:
            facts = getattr(getattr(package, name), "__resource__", None)
            if facts is not None:
                yield getattr(package, name), facts


def paths_of(model: type[Any], facts: ResourceFacts) -> dict[str, set[str]]:
    """Return the paths that the facts of a class lead to, with the methods that its verbs need."""
    root = f"/apis/{facts.group}/{facts.version}" if facts.group else f"/api/{facts.version}"
    namespaced = issubclass(model, NamespacedResource | NamespacedCreateOnly)
    verbs = facts.verbs if issubclass(model, Resource) else {"create"}
    collection = f"{root}/namespaces/{{namespace}}/{facts.plural}" if namespaced else f"{root}/{facts.plural}"
    paths = {
        collection: {method for verb, method in COLLECTION.items() if verb in verbs},
        f"{collection}/{{name}}": {method for verb, method in OBJECT.items() if verb in verbs},
    }
    if namespaced and "list" in verbs:
        paths[f"{root}/{facts.plural}"] = {"get"}
    if "watch" in verbs:
        watched = collection.replace(root, f"{root}/watch")
        paths |= {watched: {"get"}, f"{watched}/{{name}}": {"get"}, f"{root}/watch/{facts.plural}": {"get"}}
    return {path: methods for path, methods in paths.items() if methods}


def served(version: str) -> tuple[dict[str, set[str]], set[tuple[str, str]]]:
    """Return the paths of kinds with their methods, and object paths with the names of their subresources."""
    paths: dict[str, set[str]] = {}
    subresources: set[tuple[str, str]] = set()
    for path, operations in document(version).paths.items():
        head, found, subresource = path.partition("/{name}/")
        if found:
            subresources.add((head, subresource.removesuffix("/{path}")))
        else:
            paths[path] = set(operations)
    return paths, subresources


@pytest.mark.parametrize("version", VERSIONS)
def test_paths_scope_and_verbs_are_those_of_the_document(version: str) -> None:
    built: dict[str, set[str]] = {}
    for model, facts in classes(version):
        built |= paths_of(model, facts)
    assert built == served(version)[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_subresources_and_markers_are_those_of_the_document(version: str) -> None:
    built: set[tuple[str, str]] = set()
    for model, facts in classes(version):
        collection = min(paths_of(model, facts), key=lambda path: (not path.endswith(facts.plural), -len(path)))
        collection = collection.replace("/watch/", "/")
        built |= {(collection, name) for name in facts.subresources}
        markers = {base.__name__ for base in model.__mro__ if base.__name__ in MARKERS.values()}
        assert markers == {MARKERS[name] for name in facts.subresources if name in MARKERS}, model
    assert built == served(version)[1]


def test_a_kind_has_the_markers_of_its_paths() -> None:
    from kubex_k8s.v1_37.apps.v1 import Deployment
    from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

    assert issubclass(Pod, HasLogs)
    assert issubclass(Deployment, HasStatus)
    assert not issubclass(Deployment, HasLogs)
    assert not issubclass(ConfigMap, HasStatus)


def test_what_is_only_created_is_no_resource() -> None:
    from kubex_k8s.v1_37.authentication.v1 import TokenReview
    from kubex_k8s.v1_37.authorization.v1 import LocalSubjectAccessReview
    from kubex_k8s.v1_37.policy.v1 import Eviction

    for kind in (TokenReview, LocalSubjectAccessReview, Eviction):
        assert not issubclass(kind, Resource)
    assert issubclass(TokenReview, CreateOnly)
    assert Eviction().to_dict() == {"apiVersion": "policy/v1", "kind": "Eviction"}


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_a_package_of_its_own(version: str) -> None:
    package = import_module(f"kubex_k8s.v{version.replace('.', '_')}.core.v1")
    assert package.Pod.__module__.startswith(f"kubex_k8s.v{version.replace('.', '_')}.")
    assert package.Pod().api_version == "v1"
