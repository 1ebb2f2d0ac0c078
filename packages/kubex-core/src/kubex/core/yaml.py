"""Read YAML by the rules of kubectl and of the API server: YAML 1.1 as Go reads it, within limits.

Importing this module imports PyYAML.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

__all__ = ["YAMLContentError", "YAMLDocument", "YAMLLimits", "read_yaml", "read_yaml_documents"]

_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"
# YAML 1.1 defines these words. PyYAML does not read y and n as booleans, but Go does.
_WORDS: dict[str, bool | None] = dict.fromkeys(["", "~", "null", "Null", "NULL"]) | {
    form: value
    for words, value in (("y yes on true", True), ("n no off false", False))
    for word in words.split()
    for form in (word, word.capitalize(), word.upper())
}
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "null": (type(None),),
    "int": (int,),
    "float": (int, float),
}
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_IN_BASE = re.compile(r"[-+]?0(?:[bB](?P<b>[01]+)|[xX](?P<x>[0-9a-fA-F]+)|[oO]?(?P<o>[0-7]+))")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SEPARATORS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_BASES = {"b": 2, "o": 8, "x": 16}
# The integers of Go. Go reads other numbers as fractions, or as text if they are not decimal.
_INTEGERS = range(-(2**63), 2**64)

# libyaml's loader where PyYAML has it. Only its events are used: PyYAML's implicit types differ from those of Go, and
# libyaml's own composer crashes the process on deep nesting.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YAMLContentError(ValueError):
    """The YAML has a construct that is not allowed, or exceeds a limit. The message does not quote the content."""


@dataclass(frozen=True, kw_only=True)
class YAMLLimits:
    """The maximum size of a document.

    `depth` limits nested collections, `nodes` the values as they are written. `expanded` limits the characters plus
    values of the document in which every alias is replaced by its value.
    """

    depth: int
    nodes: int
    expanded: int


@dataclass(frozen=True)
class YAMLDocument:
    """A document: its value, and the path of each key that is repeated in a mapping, such as `spec.ports[0].name`."""

    value: object = None
    repeated_keys: list[str] = field(default_factory=list[str])


def read_yaml(content: bytes | str, limits: YAMLLimits, *, several_documents: bool = False) -> YAMLDocument:
    """Read the first document; an empty stream is null.

    Keys are text, and dates are text. The last value of a repeated key counts. Values of aliases are shared objects.
    With `several_documents`, further documents are not read; otherwise they are an error.
    Raises YAMLContentError, and `yaml.YAMLError` or ValueError for invalid syntax, whose text can quote the content.
    """
    composer = _Composer(limits)
    for event in yaml.parse(content, Loader=_LOADER):
        if several_documents and isinstance(event, yaml.DocumentEndEvent):
            break
        composer.process(event)
    return composer.document()


def read_yaml_documents(content: bytes | str, limits: YAMLLimits) -> Iterator[YAMLDocument]:
    """Read all documents of a stream, by the rules of `read_yaml`. The limits apply to each document."""
    composer = _Composer(limits)
    for event in yaml.parse(content, Loader=_LOADER):
        composer.process(event)
        if isinstance(event, yaml.DocumentEndEvent):
            yield composer.document()
            composer = _Composer(limits)


class _Collection:
    """A list or mapping that is not complete yet."""

    def __init__(self, values: list[Any] | dict[str, Any], anchor: str | None = None) -> None:
        self.values = values
        self.anchor = anchor
        # The weight of a value counts its aliases, so that nested aliases cannot expand to a document without a limit.
        self.weight = 1
        self.key: tuple[str | None] | None = None  # a tuple, because the key of a merge is None
        self.merged: list[Mapping[str, object]] = []

    @property
    def place(self) -> str:
        """The path of the value that comes next, relative to this collection."""
        if isinstance(self.values, list):
            return f"[{len(self.values)}]"
        return f".{self.key[0]}" if self.key and self.key[0] is not None else ""

    def add(self, value: object, *, is_merge: bool = False) -> bool:
        """Add the next item, key or value; return whether it is a key that the mapping already has."""
        if isinstance(self.values, list):
            self.values.append(value)
        elif self.key is None:
            self.key = (None,) if is_merge else (_as_key(value),)
            return self.key[0] in self.values
        else:
            (key,), self.key = self.key, None
            if key is None:
                self.merged += _mappings(value)
            else:
                self.values[key] = value
        return False

    def close(self) -> list[Any] | dict[str, Any]:
        """Add the merged keys that the mapping does not have; the first of several mappings has priority."""
        if isinstance(self.values, dict):
            for mapping in self.merged:
                for key, value in mapping.items():
                    self.values.setdefault(key, value)
        return self.values


class _Composer:
    """Builds the document from the events of the parser."""

    def __init__(self, limits: YAMLLimits) -> None:
        self._limits = limits
        self._documents: list[Any] = []
        self._stack = [_Collection(self._documents)]
        self._anchors: dict[str, tuple[object, int]] = {}
        self._nodes = 0
        self._repeated: list[str] = []

    def document(self) -> YAMLDocument:
        """Return the document."""
        return YAMLDocument(self._documents[0], self._repeated) if self._documents else YAMLDocument()

    def process(self, event: yaml.Event) -> None:
        """Process the next event."""
        if isinstance(event, yaml.NodeEvent):
            self._nodes += 1
            if self._nodes > self._limits.nodes:
                raise YAMLContentError(f"it has more than {self._limits.nodes} values")
        if isinstance(event, yaml.CollectionEndEvent):
            collection = self._stack.pop()
            self._add(collection.close(), collection.weight, collection.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.ScalarEvent):
            is_merge = event.value == _MERGE and event.implicit[0] and event.tag is None
            self._add(_scalar(event), 1 + len(event.value), event.anchor, is_merge=is_merge)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise YAMLContentError("an alias refers to an unknown anchor, or to a value that contains itself")
            self._add(*self._anchors[event.anchor])
        elif isinstance(event, yaml.DocumentStartEvent) and self._documents:
            raise YAMLContentError("it has several documents")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) > self._limits.depth:
            raise YAMLContentError(f"it is nested more than {self._limits.depth} levels deep")
        is_list = isinstance(event, yaml.SequenceStartEvent)
        _check_tag(event.tag, "seq" if is_list else "map")
        self._anchors.pop(event.anchor or "", None)  # aliases inside must not refer to an earlier value of this name
        self._stack.append(_Collection([] if is_list else {}, event.anchor))

    def _add(self, value: object, weight: int, anchor: str | None = None, *, is_merge: bool = False) -> None:
        if anchor is not None:
            self._anchors[anchor] = value, weight
        parent = self._stack[-1]
        parent.weight += weight
        if parent.weight > self._limits.expanded:
            raise YAMLContentError("its aliases make it too large (excessive aliasing)")
        if parent.add(value, is_merge=is_merge):
            self._repeated.append("".join(each.place for each in self._stack[1:]).lstrip("."))


def _as_key(value: object) -> str:
    if isinstance(value, list | dict):
        raise YAMLContentError("a key of a mapping must be a scalar")
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:g}"  # as Go does, to six digits
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mappings(value: object) -> list[Mapping[str, object]]:
    """Return the mappings in the value of a merge key: a mapping, or a list of mappings."""
    mappings = cast("Sequence[object]", value) if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in mappings):
        raise YAMLContentError("map merge requires a mapping or a list of mappings as the value")
    return [cast("Mapping[str, object]", each) for each in mappings]


def _check_tag(tag: str | None, *known: str) -> None:
    if tag not in (None, "!") and tag not in {_TAG + name for name in known}:
        raise YAMLContentError("it has a tag that is not supported")


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    _check_tag(event.tag, *_TYPES)
    text: str = event.value
    if event.tag == _TAG + "str" or (event.tag is None and not event.implicit[0]) or event.tag == "!":
        return text
    value = _WORDS[text] if text in _WORDS else _number(text)
    if event.tag is not None and type(value) not in _TYPES[event.tag.removeprefix(_TAG)]:
        raise YAMLContentError("a tag does not fit its value")
    return value


def _number(text: str) -> str | int | float:
    """Return the number that Go would read, or else the text."""
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    digits = text.replace("_", "") if text[0] in "+-0123456789" else _SEPARATORS.sub("", text)
    if match := _IN_BASE.fullmatch(digits):
        base = match.lastgroup or ""
        value = int(match[base], _BASES[base]) * (-1 if digits[0] == "-" else 1)
        if value in _INTEGERS:
            return value
    if not _FLOAT.fullmatch(digits) or math.isinf(number := float(digits)):
        return text
    return int(digits) if _DECIMAL.fullmatch(digits) else number  # int: all digits are kept when it is written again
