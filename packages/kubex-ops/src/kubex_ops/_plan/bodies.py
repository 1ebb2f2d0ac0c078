"""The bodies of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from kubex.errors import NamespaceError
from kubex.manifests import Document

# The server rejects an apply with `managedFields`, with the version or UID of another object, and with a version that
# is not the current one.
_OF_THE_SERVER = ("managedFields", "resourceVersion", "uid")


def namespace_of(document: Document, requested: str | None, default: str, *, namespaced: bool) -> str | None:
    """Return the namespace of an object; None if its kind is cluster-scoped.

    Raises NamespaceError if the document has another namespace than the call requests.
    """
    if not namespaced:
        return None
    if document.namespace is None:
        return requested or default
    if requested is not None and requested != document.namespace:
        raise NamespaceError(
            str(document),
            f"the call has namespace={requested!r}, but the document has the namespace {document.namespace!r}: use "
            "separate calls, or remove one of them",
        )
    return document.namespace


def body_of(document: Document, namespace: str | None) -> dict[str, Any]:
    """Return what is sent for a document: without the metadata of the server, and with the namespace."""
    metadata = cast("Mapping[str, Any]", document.value["metadata"])
    kept = {name: value for name, value in metadata.items() if name not in (*_OF_THE_SERVER, "namespace")}
    if namespace is not None:
        kept["namespace"] = namespace
    return {**document.value, "metadata": kept}
