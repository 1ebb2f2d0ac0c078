"""Arguments of a constructor that the class does not declare."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

# The names that a constructor accepts; None if it accepts all.
_ACCEPTED: dict[type[BaseModel], frozenset[str] | None] = {}


def refuse_unknown(model: type[BaseModel], fields: Mapping[str, Any]) -> None:
    """Raise TypeError for an argument that is not a field of the class."""
    try:
        accepted = _ACCEPTED[model]
    except KeyError:
        accepted = _ACCEPTED.setdefault(model, _accepted(model))
    if accepted is not None and not fields.keys() <= accepted:
        raise unknown_field(model, next(name for name in fields if name not in accepted))


def _accepted(model: type[BaseModel]) -> frozenset[str] | None:
    # With an `__init__` of the class, Pydantic calls it also for objects that it reads.
    if model.model_config.get("extra") != "allow" or model.__pydantic_custom_init__:
        return None
    if not getattr(model, "_declares_all_fields", True):
        return None
    generate: Any = model.model_config.get("alias_generator")
    aliases: list[Any] = []
    for name, field in model.__pydantic_fields__.items():
        aliases += [name, field.validation_alias or (generate(name) if callable(generate) else name)]
    return frozenset(aliases) if all(isinstance(alias, str) for alias in aliases) else None


def unknown_field(model: type[BaseModel], name: str) -> TypeError:
    """Make the error for a name that is not a field of the class."""
    from difflib import get_close_matches  # not needed by programs without a mistake

    close = get_close_matches(name, model.__pydantic_fields__, 1)
    meant = f"did you mean {close[0]}? " if close else ""
    return TypeError(
        f"{model.__name__} has no field {name}: {meant}"
        f"{model.__name__}.model_validate() takes a dict with fields that the class does not declare"
    )
