"""Types of fields as trees, which are written out once it is known what each class is called in its module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Symbol:
    """A name and the module it comes from: empty for built-ins, `STRUCT` for a class that is generated."""

    module: str
    name: str


@dataclass(frozen=True)
class Applied:
    """A generic type with its arguments."""

    head: Symbol
    arguments: tuple["Type", ...]


@dataclass(frozen=True)
class Union:
    """Alternatives, in the order in which they are tried."""

    members: tuple["Type", ...]


Type: TypeAlias = Symbol | Applied | Union

STRUCT = "<generated>"
MODELS = "kubex.models"
FIELDS = f"{MODELS}.fields"
MARKERS = f"{MODELS}.markers"

STR, INT, BOOL, NONE = (Symbol("", name) for name in ("str", "int", "bool", "None"))
# A float alone would write 1 as 1.0, which to a server is a change, and lose digits of large integers.
NUMBER = Union((INT, Symbol("", "float")))
ANY = Symbol("typing", "Any")
_LIST, _DICT, _ANNOTATED = Symbol("", "list"), Symbol("", "dict"), Symbol("typing", "Annotated")


def struct(schema: str) -> Symbol:
    """Name the class that is generated for a schema."""
    return Symbol(STRUCT, schema)


def model(name: str) -> Symbol:
    """Name something of `kubex.models`."""
    return Symbol(MODELS, name)


def list_of(item: Type) -> Applied:
    """Return the type of lists."""
    return Applied(_LIST, (item,))


def dict_of(value: Type) -> Applied:
    """Return the type of objects whose names are free."""
    return Applied(_DICT, (STR, value))


def optional(inner: Type) -> Type:
    """Return the type that may be None as well."""
    if inner == ANY:
        return inner
    return Union((*inner.members, NONE)) if isinstance(inner, Union) else Union((inner, NONE))


def null_as_empty(inner: Type) -> Type:
    """Let a required list or object be read from null; other types stay as they are."""
    if isinstance(inner, Applied) and inner.head in (_LIST, _DICT):
        marker = "NullAsEmpty" if inner.head == _LIST else "NullAsEmptyDict"
        return Applied(_ANNOTATED, (inner, Symbol(FIELDS, marker)))
    return inner


def hidden(inner: Type) -> Type:
    """Keep a field out of the repr of its object."""
    return Applied(_ANNOTATED, (inner, Symbol(FIELDS, "Hidden")))


def symbols(item: Type) -> Iterator[Symbol]:
    """Iterate over the names in a type."""
    if isinstance(item, Symbol):
        yield item
    elif isinstance(item, Applied):
        yield item.head
        for argument in item.arguments:
            yield from symbols(argument)
    else:
        for member in item.members:
            yield from symbols(member)


def written(item: Type, name: Callable[[Symbol], str]) -> str:
    """Write a type as Python; `name` says what a symbol is called."""
    if isinstance(item, Symbol):
        return name(item)
    if isinstance(item, Applied):
        return f"{name(item.head)}[{', '.join(written(argument, name) for argument in item.arguments)}]"
    return " | ".join(written(member, name) for member in item.members)
