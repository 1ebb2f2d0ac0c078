"""YAML bodies, by the rules of the server: YAML 1.1 where `y` and `off` are booleans and dates are text."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.scanner import ScannerError

from .json_types import JsonArray, JsonObject, is_array, is_object, json_copy

_MAX_NODES = 1_000_000
_MAX_DEPTH = 250
_TAG = "tag:yaml.org,2002:"
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MERGE = "<<"

# libyaml's loader where PyYAML has it. Only its events are used: PyYAML's implicit types differ from the server's,
# and libyaml's own composer crashes the process on deep nesting.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DecodeError(ValueError):
    """A body that is no JSON or YAML; the text is Go's."""


def decode_yaml(body: bytes) -> tuple[Any, list[str]]:
    """Decode the first YAML document; return its value and the paths of keys that stand twice. Raises DecodeError."""
    try:
        reader = _Reader(_events(body.decode("utf-8", "replace")))
        return reader.document(), reader.doubled
    except yaml.MarkedYAMLError as error:
        # Go counts the lines of its scanner from one, and those of its parser from zero.
        line = error.problem_mark.line + isinstance(error, ScannerError) if error.problem_mark else 0
        raise _failure(f"line {line}: {error.problem}" if line else str(error.problem)) from None
    except yaml.YAMLError as error:
        raise _failure(" ".join(str(error).split())) from None


def _failure(text: str) -> DecodeError:
    return DecodeError(f"yaml: {text}")


def _events(text: str) -> Iterator[Any]:
    # The stubs of PyYAML leave its event methods untyped.
    loader: Any = _LOADER(text)
    while loader.check_event():
        yield loader.get_event()


class _Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self.doubled: list[str] = []
        self._events = events
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0
        self._depth = 0

    def document(self) -> Any:
        """Read the first document; an empty stream is null."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self._value(next(self._events), "")
        return None

    def _value(self, event: Any, path: str) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor))
        before = self._nodes
        self._count(1)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _failure(f"exceeded max depth of {_MAX_DEPTH}")
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path)
        else:
            value = self._mapping(path)
        self._depth -= 1
        if event.anchor:
            self._anchors[event.anchor] = value, self._nodes - before
        return value

    def _alias(self, anchor: str) -> Any:
        if anchor not in self._anchors:
            raise _failure(f"unknown anchor '{anchor}' referenced, or anchor '{anchor}' value contains itself")
        value, nodes = self._anchors[anchor]
        self._count(nodes)
        return json_copy(value)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > _MAX_NODES:
            raise _failure("document contains excessive aliasing")

    def _sequence(self, path: str) -> JsonArray:
        result: JsonArray = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            result.append(self._value(event, f"{path}[{len(result)}]"))
        return result

    def _mapping(self, path: str) -> JsonObject:
        result: JsonObject = {}
        merged: JsonObject = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if isinstance(event, yaml.ScalarEvent) and event.value == _MERGE and event.implicit[0]:
                merged.update(_merge_sources(self._value(next(self._events), path)))
                continue
            key = _key(self._value(event, path))
            place = f"{path}.{key}".lstrip(".")
            if key in result:
                self.doubled.append(place)
            result[key] = self._value(next(self._events), place)
        return {**merged, **result}


def _merge_sources(value: Any) -> JsonObject:
    """Join what `<<` names; of several mappings the first one wins."""
    joined: JsonObject = {}
    for source in reversed(value if is_array(value) else [value]):
        if not is_object(source):
            raise _failure("map merge requires map or sequence of maps as the value")
        joined.update(source)
    return joined


def _key(value: Any) -> str:
    if is_object(value) or is_array(value):
        raise _failure("a key of a mapping must be a scalar")
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalar(event: yaml.ScalarEvent) -> Any:
    plain = event.implicit[0] or (event.tag or "").removeprefix(_TAG) in {"int", "float", "bool", "null"}
    return _resolve(event.value) if plain else event.value


def _resolve(text: str) -> Any:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _NOT_FINITE.fullmatch(text):
        raise _failure(f"unsupported value: {text}")
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    return int(number) if number.is_integer() else number


def _integer(text: str) -> int:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    if digits[:2] in {"0b", "0o", "0x"}:
        return sign * int(digits, 0)
    octal = len(digits) > 1 and digits[0] == "0" and not set(digits) & {"8", "9"}
    return sign * int(digits, 8 if octal else 10)
