"""Types of fields as trees. They are formatted after the name of each class in its module is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Symbol:
    """A name and its module. The module is empty for built-ins, and `STRUCT` for generated classes."""

    module: str
    name: str


@dataclass(frozen=True)
class GenericType:
    """A generic type with its arguments."""

    origin: Symbol
    arguments: tuple["Type", ...]


@dataclass(frozen=True)
class Union:
    """Alternatives, in the order in which Pydantic tries them."""

    members: tuple["Type", ...]


Type: TypeAlias = Symbol | GenericType | Union

STRUCT = "<generated>"
MODELS = "kubex.models"
FIELDS = f"{MODELS}.fields"
MARKERS = f"{MODELS}.markers"

STR, INT, BOOL, NONE = (Symbol("", name) for name in ("str", "int", "bool", "None"))
# With float only, 1 would become 1.0, which is a change for a server, and large integers would lose digits.
NUMBER = Union((INT, Symbol("", "float")))
ANY = Symbol("typing", "Any")
_LIST, _DICT, _ANNOTATED = Symbol("", "list"), Symbol("", "dict"), Symbol("typing", "Annotated")
_TIMES = frozenset((Symbol(MODELS, "MicroTime"), Symbol(MODELS, "Time")))


def struct(schema: str) -> Symbol:
    """Return the symbol of the generated class of a schema."""
    return Symbol(STRUCT, schema)


def model(name: str) -> Symbol:
    """Return the symbol of a class in `kubex.models`."""
    return Symbol(MODELS, name)


def list_of(item: Type) -> GenericType:
    """Return the type of a list of items."""
    return GenericType(_LIST, (item,))


def dict_of(value: Type) -> GenericType:
    """Return the type of an object with any keys."""
    return GenericType(_DICT, (STR, value))


def optional(inner: Type) -> Type:
    """Return the type with None as an alternative."""
    if inner == ANY:
        return inner
    return Union((*inner.members, NONE)) if isinstance(inner, Union) else Union((inner, NONE))


def readable_from_null(inner: Type) -> Type:
    """Return a type that accepts null if Go writes null for an empty value: a list, a map or a time."""
    if isinstance(inner, GenericType) and inner.origin in (_LIST, _DICT):
        marker = "NullAsEmpty" if inner.origin == _LIST else "NullAsEmptyDict"
        return GenericType(_ANNOTATED, (inner, Symbol(FIELDS, marker)))
    return optional(inner) if inner in _TIMES else inner


def hidden(inner: Type) -> Type:
    """Return the type with a marker that hides the field in the repr of its object."""
    return GenericType(_ANNOTATED, (inner, Symbol(FIELDS, "Hidden")))


def symbols(item: Type) -> Iterator[Symbol]:
    """Yield the symbols in a type."""
    if isinstance(item, Symbol):
        yield item
    elif isinstance(item, GenericType):
        yield item.origin
        for argument in item.arguments:
            yield from symbols(argument)
    else:
        for member in item.members:
            yield from symbols(member)


def format_type(item: Type, name: Callable[[Symbol], str]) -> str:
    """Format a type as Python code. `name` returns the local name of a symbol."""
    if isinstance(item, Symbol):
        return name(item)
    if isinstance(item, GenericType):
        return f"{name(item.origin)}[{', '.join(format_type(argument, name) for argument in item.arguments)}]"
    return " | ".join(format_type(member, name) for member in item.members)
