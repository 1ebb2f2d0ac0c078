"""Check and convert the arguments of faults and methods that arrive as JSON."""

import contextlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from kubex_testing._objects.json_types import JsonObject, is_array, is_integer, is_number, is_object

R = TypeVar("R")
_NAMES: dict[Any, str] = {
    int: "an integer",
    float: "a number",
    str: "a string",
    bytes: "a string",
    NoneType: "null",
}


def call(function: Callable[..., R], arguments: JsonObject) -> R:
    """Call a function, or create an instance of a class, with arguments from JSON. Raises ValueError."""
    name = getattr(function, "__name__", str(function))
    parameters = inspect.signature(function).parameters
    if unknown := [key for key in arguments if key not in parameters]:
        known = ", ".join(parameters) or "none"
        raise ValueError(f"{name} has no argument {unknown[0]!r}; its arguments are: {known}")
    required = [key for key, item in parameters.items() if item.default is inspect.Parameter.empty]
    if missing := [key for key in required if key not in arguments]:
        raise ValueError(f"{name} requires the argument {missing[0]!r}")
    hints = get_type_hints(function.__init__ if inspect.isclass(function) else function)
    return function(**{key: _convert(f"{name}: {key}", value, hints[key]) for key, value in arguments.items()})


def _convert(where: str, value: Any, hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint):
            raise ValueError(f"{where} must be one of {', '.join(map(repr, get_args(hint)))}, not {value!r}")
        return value
    if origin in (Union, UnionType):
        return _convert_union(where, value, get_args(hint))
    if origin in (Iterable, Sequence):
        if not is_array(value):
            raise ValueError(f"{where} must be a list, not {value!r}")
        return [_convert(where, item, get_args(hint)[0]) for item in value]
    if origin is tuple:
        if not is_array(value) or len(value) != len(get_args(hint)):
            raise ValueError(f"{where} must be a list of {len(get_args(hint))} values, not {value!r}")
        return tuple(_convert(where, item, part) for item, part in zip(value, get_args(hint), strict=True))
    if not _fits(value, origin or hint):
        raise ValueError(f"{where} must be {_NAMES.get(hint, 'an object')}, not {value!r}")
    return value.encode() if hint is bytes else value


def _convert_union(where: str, value: Any, hints: Sequence[Any]) -> Any:
    for hint in hints:
        with contextlib.suppress(ValueError):
            return _convert(where, value, hint)
    raise ValueError(f"{where} must be {' or '.join(_NAMES.get(hint, str(hint)) for hint in hints)}, not {value!r}")


def _fits(value: Any, hint: Any) -> bool:
    if hint is int:
        return is_integer(value)
    if hint is float:
        return is_number(value)
    if hint is Mapping:
        return is_object(value)
    return value is None if hint is NoneType else isinstance(value, str)
