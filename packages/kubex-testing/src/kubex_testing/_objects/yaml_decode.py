"""YAML bodies, by the rules of the server: YAML 1.1 where `y` and `off` are booleans and dates are text."""

import re
from typing import Any, cast

import yaml

from .json_types import JsonObject

_MAX_NODES = 1_000_000
_TAG = "tag:yaml.org,2002:"
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class DecodeError(ValueError):
    """A body that is no JSON or YAML; the text is Go's."""


# libyaml's loader where PyYAML has it, without PyYAML's implicit types: they differ from the server's.
_BASE: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LOADER = cast("type[yaml.SafeLoader]", type("_Loader", (_BASE,), {"yaml_implicit_resolvers": {}}))


def decode_yaml(body: bytes) -> tuple[Any, list[str]]:
    """Decode one YAML document; return its value and the paths of keys that stand twice. Raises DecodeError."""
    try:
        node = _LOADER(body.decode("utf-8", "replace")).get_single_node()
    except yaml.YAMLError as error:
        raise DecodeError(f"error converting YAML to JSON: yaml: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DecodeError("error converting YAML to JSON: yaml: exceeded max depth") from None
    converter = _Converter()
    return (None if node is None else converter.value(node, ""), converter.doubled)


class _Converter:
    def __init__(self) -> None:
        self.doubled: list[str] = []
        self._nodes = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: str) -> Any:
        """Convert a node; a document that aliases make huge or endless is refused."""
        self._nodes += 1
        if self._nodes > _MAX_NODES or id(node) in self._open:
            raise DecodeError("error converting YAML to JSON: yaml: document contains excessive aliasing")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
            return self._mapping(cast("yaml.MappingNode", node), path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: str) -> JsonObject:
        result: JsonObject = {}
        merged: JsonObject = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.value == "<<" and not key_node.style:
                sources = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for source in reversed(sources):
                    merged.update(self.value(source, path))
                continue
            key = _key(key_node)
            place = f"{path}.{key}".lstrip(".")
            if key in result:
                self.doubled.append(place)
            result[key] = self.value(value_node, place)
        return {**merged, **result}


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise DecodeError("error converting YAML to JSON: yaml: a key of a mapping must be a scalar")
    value = _scalar(node)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    tag = node.tag.removeprefix(_TAG)
    if tag in {"int", "float", "bool", "null"}:
        return _resolve(node.value)
    # Without resolvers every plain scalar is tagged `str`; an explicit `!!str` makes the node longer than its value.
    length = node.end_mark.index - node.start_mark.index
    return _resolve(node.value) if not node.style and length == len(node.value) else node.value


def _resolve(text: str) -> Any:
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _NOT_FINITE.fullmatch(text):
        raise DecodeError(f"error converting YAML to JSON: json: unsupported value: {text}")
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
