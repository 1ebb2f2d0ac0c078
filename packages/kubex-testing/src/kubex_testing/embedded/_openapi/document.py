"""The OpenAPI v3 document of one group version.

See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3.
"""

from collections.abc import Iterable

from kubex_testing._objects.json_types import JsonObject
from kubex_testing.embedded._discovery import VERSION
from kubex_testing.embedded._registry import ResourceType

from .definitions import Definitions
from .operations import resource_paths

INFO = {"title": "Kubernetes", "version": f"{VERSION['major']}.{VERSION['minor']}"}


def group_path(group: str, version: str) -> str:
    """Return the name of a group version in the index."""
    return f"apis/{group}/{version}" if group else f"api/{version}"


def v3_document(resources: Iterable[ResourceType]) -> JsonObject:
    """Return the document of the resources of one group version."""
    definitions = Definitions()
    paths: JsonObject = {}
    for resource in resources:
        paths.update(resource_paths(resource, definitions))
    return {
        "openapi": "3.0.0",
        "info": INFO,
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(definitions.schemas.items()))},
    }
