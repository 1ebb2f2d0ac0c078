"""Write objects as YAML."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, cast

import yaml

from kubex.core._encode import encode
from kubex.core._yaml_dump import dump_yaml
from kubex.errors import EncodeError
from kubex.manifests._document import Document
from kubex.models import Resource

# The fields that the server sets, except for `status`.
_METADATA_OF_SERVER = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


def dump(objects: Iterable[Resource | Mapping[str, Any] | Document], *, full: bool = False) -> str:
    """Return objects as YAML, one document for each.

    Fields that the server sets are omitted: `status`, and in `metadata` the `uid`, `resourceVersion`, `generation`,
    `creationTimestamp`, `managedFields` and the fields of a deletion. Strings that a YAML parser could read as
    something else, such as `no` and `1e3`, have quotes. The data of Secrets is not masked.

    Args:
        objects: models, JSON as mappings, or the documents of `load()`.
        full: also write the fields that the server sets. Then `load()` returns the same objects.

    Raises:
        EncodeError: an object contains a value that JSON does not have.

    Example:
        settings = await config_maps.get("settings")
        print(dump([settings]))
    """
    documents = [_to_json(each.value if isinstance(each, Document) else each) for each in objects]
    if not full:
        for document in documents:
            _remove_fields_of_server(document)
    try:
        return dump_yaml(documents, blocks=True)
    except (yaml.YAMLError, RecursionError) as error:
        raise EncodeError("objects", "they are nested too deep") from error


def _to_json(value: Resource | Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that consists only of JSON values."""
    description = type(value).__name__ if isinstance(value, Resource) else str(value.get("kind") or "object")
    try:
        document: dict[str, Any] = json.loads(encode(value), parse_constant=_not_finite)
    except RecursionError:
        raise EncodeError(description, "it is nested too deep, or contains itself") from None
    except EncodeError as error:
        raise EncodeError(description, error.problem) from None
    except ValueError as error:
        raise EncodeError(description, str(error)) from error
    return document


def _not_finite(name: str) -> NoReturn:
    raise ValueError(f"JSON does not have the number {name}")


def _remove_fields_of_server(document: dict[str, Any]) -> None:
    document.pop("status", None)
    metadata = document.get("metadata")
    if isinstance(metadata, dict):
        for name in _METADATA_OF_SERVER:
            cast("dict[str, Any]", metadata).pop(name, None)
