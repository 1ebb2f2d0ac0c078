"""The kinds that the CustomResourceDefinitions of a set define."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from kubex.manifests import Document
from kubex_ops._plan.phases import group_kind

DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


def defined_kinds(documents: Iterable[Document]) -> dict[tuple[str, str], bool]:
    """Return whether each kind is namespaced, by its `apiVersion` and `kind`.

    Parts of a definition that are malformed are ignored, because the server rejects the definition.
    """
    kinds: dict[tuple[str, str], bool] = {}
    for document in documents:
        if group_kind(document) == DEFINITION:
            spec = _mapping(document.value.get("spec"))
            kind, versions = _mapping(spec.get("names")).get("kind"), spec.get("versions")
            for version in _list(versions):
                fields = _mapping(version)
                if fields.get("served") is not False:
                    kinds[f"{spec.get('group')}/{fields.get('name')}", str(kind)] = spec.get("scope") != "Cluster"
    return kinds


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] - of any values


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
