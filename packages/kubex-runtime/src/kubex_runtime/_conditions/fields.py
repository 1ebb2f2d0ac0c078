"""Read the fields of objects by their JSON names: of models of any Kubernetes version, and of dynamic resources."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from kubex.models import PartialObjectMetadata, Resource


def read(value: object, *path: str) -> Any:
    """Return a nested field by its JSON names, or None if a part of the path does not exist."""
    for name in path:
        value = _member(value, name)
    return value


def number(value: object, *path: str) -> int | None:
    """Return a nested integer, or None if it does not exist or is not an integer."""
    found = read(value, *path)
    return found if isinstance(found, int) else None


def text(value: object, *path: str) -> str | None:
    """Return a nested field as text, or None if it does not exist or is empty."""
    found = read(value, *path)
    return None if found is None or found == "" else str(found)


def items(value: object, *path: str) -> list[Any]:
    """Return a nested list, or an empty list if it does not exist or is not a list."""
    found = read(value, *path)
    return found if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType] - of any values


def kind_of(obj: Resource) -> tuple[str, str]:
    """Return the group and the kind of an object."""
    return (text(obj, "apiVersion") or "").rpartition("/")[0], text(obj, "kind") or type(obj).__name__


def _member(value: object, name: str) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).get(name)
    if not isinstance(value, BaseModel):
        return None
    attribute = _attributes_by_json_name(type(value)).get(name)
    if attribute is None and isinstance(value, PartialObjectMetadata):
        raise TypeError(f"objects of api.metadata do not contain {name}: pass the Api instead of api.metadata")
    return (value.model_extra or {}).get(name) if attribute is None else getattr(value, attribute)


@cache
def _attributes_by_json_name(model: type[BaseModel]) -> dict[str, str]:
    alias_generator: Any = model.model_config.get("alias_generator") or str
    return {field.serialization_alias or alias_generator(name): name for name, field in model.model_fields.items()}
