"""Rejects arguments of constructors that the class does not declare."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

# The names that the constructor of a class accepts; None if it accepts all names.
_ACCEPTED_NAMES: dict[type[BaseModel], frozenset[str] | None] = {}


def reject_unknown_fields(model: type[BaseModel], fields: Mapping[str, Any]) -> None:
    """Raise TypeError for an argument that is not a field of the class."""
    try:
        accepted = _ACCEPTED_NAMES[model]
    except KeyError:
        accepted = _ACCEPTED_NAMES.setdefault(model, _accepted_names(model))
    if accepted is not None and not fields.keys() <= accepted:
        raise unknown_field_error(model, next(name for name in fields if name not in accepted))


def _accepted_names(model: type[BaseModel]) -> frozenset[str] | None:
    # Pydantic calls the `__init__` of a subclass also for data, in which unknown fields must be preserved.
    if model.model_config.get("extra") != "allow" or model.__pydantic_custom_init__:
        return None
    if not getattr(model, "_declares_all_fields", True):
        return None
    alias_generator: Any = model.model_config.get("alias_generator")
    names: list[Any] = []
    for name, field in model.__pydantic_fields__.items():
        names += [name, field.validation_alias or (alias_generator(name) if callable(alias_generator) else name)]
    # An alias can also be an AliasPath or AliasChoices, which accept names that are not known here.
    return frozenset(names) if all(isinstance(name, str) for name in names) else None


def unknown_field_error(model: type[BaseModel], name: str) -> TypeError:
    """Create the error for a name that is not a field of the class, with the most similar field."""
    from difflib import get_close_matches  # only needed for the message

    similar = get_close_matches(name, model.__pydantic_fields__, 1)
    suggestion = f"did you mean {similar[0]}? " if similar else ""
    return TypeError(
        f"{model.__name__} does not have a field {name}: {suggestion}"
        f"{model.__name__}.model_validate() accepts a dict with fields that the class does not declare"
    )
