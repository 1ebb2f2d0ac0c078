"""Build documents from the events of PyYAML's parser, within limits."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import yaml

from kubex.core._yaml_scalars import Scalar, key_text, plain_scalar, whole_number

# An event of PyYAML. Its type stubs allow None as a mark, which no event of a parser has.
_Event: TypeAlias = Any

_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    _TAG + "str": (str,),
    _TAG + "bool": (bool,),
    _TAG + "null": (type(None),),
    _TAG + "int": (int,),
    _TAG + "float": (int, float),
}

# libyaml's loader where PyYAML has it. Only its events are used: PyYAML's implicit types differ from those of Go, and
# libyaml's own composer crashes the process on deep nesting.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YAMLContentError(ValueError):
    """The YAML has a construct that is not allowed, or exceeds a limit. The message does not quote the content.

    `line` is the line of the construct, starting at 1, if it is known.
    """

    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class YAMLLimits:
    """The maximum size of a document.

    `depth` limits nested collections, `nodes` the values as they are written. `expanded` limits the characters of the
    document in which every alias is replaced by the text of its value.
    """

    depth: int
    nodes: int
    expanded: int


@dataclass(frozen=True)
class RepeatedKey:
    """A key that a mapping contains twice: its path, such as `spec.ports[0].name`, and both lines, starting at 1."""

    path: str
    first_line: int
    line: int


@dataclass(frozen=True)
class YAMLDocument:
    """A document: its value, the keys that are repeated in a mapping, and the line of its first value.

    The line starts at 1. It is 0 if the stream is empty. If `has_aliases`, values of aliases are shared objects. If not
    `is_finite`, the value contains numbers that JSON does not have.
    """

    value: object = None
    repeated_keys: list[RepeatedKey] = field(default_factory=list[RepeatedKey])
    line: int = 0
    has_aliases: bool = False
    is_finite: bool = True


# The next part of a mapping, in place of the key that it has read.
_KEY: Final = object()
_MERGED: Final = object()


class _Collection:
    """A list or mapping that is not complete yet. `key` is the key of the next value of a mapping."""

    __slots__ = ("anchor", "expanded", "key", "lines", "merged", "start", "values")

    def __init__(self, values: list[Any] | dict[str, Any]) -> None:
        self.values: Any = values
        self.key: object = None if isinstance(values, list) else _KEY
        self.lines: list[int] = []  # of the keys, in their order
        self.merged: list[Mapping[str, object]] = []
        self.anchor: str | None = None
        self.start = self.expanded = 0

    @property
    def place(self) -> str:
        """The path of the value that comes next, relative to this collection."""
        if self.key is None:
            return f"[{len(self.values)}]"
        return f".{self.key}" if isinstance(self.key, str) else ""

    def add(self, value: object) -> None:
        """Add the next item, or the value of the key."""
        key = self.key
        if key is None:
            self.values.append(value)
            return
        self.key = _KEY
        if key is _MERGED:
            self.merged += _mappings(value)
        else:
            self.values[key] = value

    def close(self) -> list[Any] | dict[str, Any]:
        """Add the merged keys that the mapping does not have; the first of several mappings has priority."""
        for mapping in self.merged:
            for key, value in mapping.items():
                self.values.setdefault(key, value)
        values: list[Any] | dict[str, Any] = self.values
        return values


class Composer:
    """Builds the documents of a stream. The limits apply to each document."""

    def __init__(self, limits: YAMLLimits, *, several_documents: bool) -> None:
        self._limits = limits
        self._several_documents = several_documents
        self._handlers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._add_scalar,
            yaml.MappingStartEvent: self._open_mapping,
            yaml.SequenceStartEvent: self._open_list,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._add_alias,
            yaml.DocumentStartEvent: self._start_document,
        }
        self._documents = 0

    def documents(self, content: bytes | str) -> Iterator[YAMLDocument]:
        """Yield each document when its end has been parsed."""
        loader = _LOADER(content)
        line = 0
        try:
            while (event := loader.get_event()) is not None:
                line = event.start_mark.line + 1
                if handler := self._handlers.get(event.__class__):
                    handler(event)
                elif isinstance(event, yaml.DocumentEndEvent):
                    value = self._root.values[0]
                    yield YAMLDocument(value, self._repeated, self._line, self._expanded > 0, self._is_finite)
                elif isinstance(event, yaml.StreamEndEvent):
                    break
        except YAMLContentError as error:
            error.line = line
            raise
        finally:
            loader.dispose()

    def _start_document(self, event: _Event) -> None:
        self._documents += 1
        if self._documents > 1 and not self._several_documents:
            raise YAMLContentError("it has several documents")
        self._collection = self._root = _Collection([])
        self._stack: list[_Collection] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._start = event.start_mark.index
        self._line = self._nodes = 0
        self._expanded = (
            0  # the characters of the values of all aliases, so that nested aliases cannot grow without a limit
        )
        self._repeated: list[RepeatedKey] = []
        self._is_finite = True

    def _count(self, event: _Event) -> None:
        if not self._nodes:
            self._line = event.start_mark.line + 1
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise YAMLContentError(f"it has more than {self._limits.nodes} values")

    def _add_scalar(self, event: _Event) -> None:
        self._count(event)
        if event.tag is not None:
            value = _tagged_scalar(event)
        else:
            value = plain_scalar(event.value) if event.implicit[0] else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = value, event.end_mark.index - event.start_mark.index
        if self._collection.key is not _KEY:
            self._collection.add(self._number(value) if type(value) is float else value)
        elif value == "<<" and event.implicit[0] and event.tag is None:
            self._collection.key = _MERGED
        else:
            self._add_key(value, event)

    def _number(self, value: float) -> int | float:
        if not math.isfinite(value):
            self._is_finite = False
            return value
        return whole_number(value)

    def _add_key(self, value: Scalar, event: _Event) -> None:
        collection, line = self._collection, event.start_mark.line + 1
        collection.key = key = value if type(value) is str else key_text(value)
        if key not in collection.values:
            collection.values[key] = None  # the order of the keys is that of their lines
            collection.lines.append(line)
            return
        path = "".join(each.place for each in [*self._stack[1:], collection]).removeprefix(".")
        first_line = collection.lines[list(collection.values).index(key)]
        self._repeated.append(RepeatedKey(path, first_line, line))

    def _add_alias(self, event: _Event) -> None:
        self._count(event)
        if event.anchor not in self._anchors:
            raise YAMLContentError("an alias refers to an unknown anchor, or to a value that contains itself")
        value, size = self._anchors[event.anchor]
        self._expanded += max(size, 1)
        if self._expanded + event.start_mark.index - self._start > self._limits.expanded:
            raise YAMLContentError("its aliases make it too large (excessive aliasing)")
        if self._collection.key is not _KEY:
            self._collection.add(self._number(value) if type(value) is float else value)
        elif isinstance(value, list | dict):
            raise _collection_as_key()
        else:
            self._add_key(cast("Scalar", value), event)

    def _open_mapping(self, event: _Event) -> None:
        self._open(event, {}, "map")

    def _open_list(self, event: _Event) -> None:
        self._open(event, [], "seq")

    def _open(self, event: _Event, values: list[Any] | dict[str, Any], tag: str) -> None:
        self._count(event)
        if len(self._stack) >= self._limits.depth:
            raise YAMLContentError(f"it is nested more than {self._limits.depth} levels deep")
        if event.tag not in (None, "!", _TAG + tag):
            raise _unsupported_tag()
        if self._collection.key is _KEY:
            raise _collection_as_key()
        self._stack.append(self._collection)
        self._collection = collection = _Collection(values)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)  # aliases inside must not refer to an earlier value of this name
            collection.anchor = event.anchor
            collection.start, collection.expanded = event.start_mark.index, self._expanded

    def _close(self, event: _Event) -> None:
        collection, self._collection = self._collection, self._stack.pop()
        values = collection.close() if collection.merged else collection.values
        if collection.anchor is not None:
            size = event.end_mark.index - collection.start + self._expanded - collection.expanded
            self._anchors[collection.anchor] = values, size
        self._collection.add(values)


def _collection_as_key() -> YAMLContentError:
    return YAMLContentError("a key of a mapping must be a scalar")


def _unsupported_tag() -> YAMLContentError:
    return YAMLContentError("it has a tag that is not supported")


def _mappings(value: object) -> list[Mapping[str, object]]:
    """Return the mappings in the value of a merge key: a mapping, or a list of mappings."""
    mappings = cast("Sequence[object]", value) if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in mappings):
        raise YAMLContentError("map merge requires a mapping or a list of mappings as the value")
    return [cast("Mapping[str, object]", each) for each in mappings]


def _tagged_scalar(event: _Event) -> Scalar:
    text: str = event.value
    if event.tag == "!" or event.tag == _TAG + "str":
        return text
    types = _TYPES.get(event.tag)
    if types is None:
        raise _unsupported_tag()
    value = plain_scalar(text)
    if type(value) not in types:
        raise YAMLContentError("a tag does not fit its value")
    return value
